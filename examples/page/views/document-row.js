/** The row of one document in the list. */

import { describeReason, describeStatus, describeWaiting } from "airlock-uploads/messages";
import { chooseIcon, formatDate, formatSize } from "./format.js";
import { cloneTemplate, showIcon, showTime } from "./template.js";

/** @import { AirlockDocument } from "airlock-uploads" */

/**
 * @param {AirlockDocument} document
 * @param {object} listeners
 * @param {(document: AirlockDocument) => void} listeners.onOpen
 * @param {(document: AirlockDocument) => void} listeners.onDownload
 */
export function createDocumentRow(document, { onOpen, onDownload }) {
  const { node, get } = cloneTemplate("document-row");
  node.dataset.id = document.id;
  node.dataset.createdAt = document.createdAt;
  node.dataset.status = document.status;
  showIcon(get("icon"), chooseIcon(document.contentType ?? document.declaredContentType));
  get("name").textContent = get("name").title = document.fileName;
  get("name").addEventListener("click", () => onOpen(document));
  get("size").textContent = formatSize(document.size);
  showTime(get("created"), document.createdAt, formatDate(document.createdAt));
  get("status").textContent = describeWaiting(document) || describeStatus(document.status);
  get("status").title = describeWaiting(document) || describeReason(document);
  get("download").hidden = document.status !== "ready";
  get("download").setAttribute("aria-label", `Download ${document.fileName}`);
  get("download").addEventListener("click", () => onDownload(document));
  return node;
}
