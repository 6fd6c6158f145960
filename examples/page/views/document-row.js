/** The row of one document in the list. */

import { isInProgress } from "airlock-uploads";
import { describeReason, describeStatus, describeWaiting, formatSize } from "airlock-uploads/messages";
import { showFileName } from "./file-name.js";
import { chooseIcon, formatDate } from "./format.js";
import { cloneTemplate, showIcon, showTime } from "./template.js";

/** @import { AirlockDocument } from "airlock-uploads" */
/** @import { Thumbnails } from "./thumbnails.js" */

export class DocumentRow {
  #get;
  #thumbnails;
  #document;

  /**
   * @param {AirlockDocument} document
   * @param {Thumbnails} thumbnails
   * @param {object} listeners
   * @param {(document: AirlockDocument) => void} listeners.onOpen
   * @param {(document: AirlockDocument) => void} listeners.onDownload
   * @param {() => void} listeners.onSelect  Called when the user has selected the document, or not any more.
   */
  constructor(document, thumbnails, { onOpen, onDownload, onSelect }) {
    const { node, get } = cloneTemplate("document-row");
    this.#get = get;
    this.#thumbnails = thumbnails;
    this.#document = document;
    this.node = node;
    get("name").addEventListener("click", () => onOpen(this.#document));
    get("download").addEventListener("click", () => onDownload(this.#document));
    get("select").addEventListener("change", onSelect);
    this.update(document);
  }

  get document() {
    return this.#document;
  }

  /** True for a document that the user has selected. */
  get isSelected() {
    return this.#get("select").checked;
  }

  /** False while the document is in progress, because nothing can be done with several of these. */
  get canBeSelected() {
    return !this.#get("select").disabled;
  }

  /** @param {boolean} isSelected */
  select(isSelected) {
    this.#get("select").checked = isSelected && this.canBeSelected;
  }

  /** Shows another state of the document, in the same elements, so that the focus stays. @param {AirlockDocument} document */
  update(document) {
    const { status, fileName, createdAt } = document;
    const get = this.#get;
    this.#document = document;
    this.node.dataset.status = status;
    showIcon(get("icon"), chooseIcon(document.contentType ?? document.declaredContentType));
    showFileName(get("name"), fileName);
    get("size").textContent = formatSize(document.size);
    showTime(get("created"), createdAt, formatDate(createdAt));
    get("status").textContent = describeWaiting(document) || describeStatus(status);
    get("status").title = describeWaiting(document) || describeReason(document);
    get("download").hidden = status !== "ready";
    get("download").setAttribute("aria-label", `Download ${fileName}`);
    get("select").setAttribute("aria-label", `Select ${fileName}`);
    get("select").disabled = isInProgress(status);
    if (isInProgress(status)) this.select(false);
    this.#thumbnails.show(get("thumbnail"), document);
  }
}
