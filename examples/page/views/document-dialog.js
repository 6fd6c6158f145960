/** A modal dialog with everything about one document: preview, facts, checks, renditions, download, delete. */

import { isInProgress } from "airlock-uploads";
import { describeError, formatSize } from "airlock-uploads/messages";
import { fillChecks, fillFacts, fillHistory } from "./document-facts.js";
import { showPreview } from "./preview.js";
import { showRejectedRows } from "./rejected-rows.js";
import { announce, cloneTemplate, getElement } from "./template.js";

/** @import { Airlock, AirlockDocument } from "airlock-uploads" */
/** @import { GetElement } from "./template.js" */

/** Content types that browsers open in a tab, beyond those of the preview. */
const OPENS_IN_TAB = new Set(["application/pdf", "text/plain"]);

export class DocumentDialog {
  #airlock;
  #listeners;
  #dialog = /** @type {HTMLDialogElement} */ (getElement("details"));

  /**
   * @param {Airlock} airlock
   * @param {object} listeners
   * @param {(document: AirlockDocument) => void} listeners.onChange  Called after an abort, a delete or a restore.
   * @param {(document: AirlockDocument, rendition?: string) => Promise<void>} listeners.onDownload
   */
  constructor(airlock, listeners) {
    this.#airlock = airlock;
    this.#listeners = listeners;
    this.#dialog.onclose = () => this.#dialog.replaceChildren(); // stops a playing video
  }

  close() {
    this.#dialog.close();
  }

  /** @param {AirlockDocument} document */
  open(document) {
    const { node, get } = cloneTemplate("document-details");
    node.dataset.status = document.status;
    fillFacts(get, document);
    fillChecks(get, document);
    this.#fillRenditions(get, document);
    fillHistory(get("history"), document);
    this.#setUpButtons(node, get, document);
    this.#dialog.replaceChildren(node);
    if (!this.#dialog.open) this.#dialog.showModal();
    runAction(get, () => showPreview(get("preview"), document, this.#airlock));
    runAction(get, () => this.#showTabLink(get("view"), document));
    runAction(get, () => showRejectedRows(get, document, this.#airlock));
  }

  /**
   * @param {HTMLElement} node
   * @param {GetElement} get
   * @param {AirlockDocument} document
   */
  #setUpButtons(node, get, document) {
    const { id, status } = document;
    /** @type {(name: string, isVisible: boolean, action: () => Promise<unknown>) => void} */
    const setUp = (name, isVisible, action) => {
      get(name).hidden = !isVisible;
      get(name).onclick = () => runAction(get, action);
    };
    /** @type {(action: () => Promise<unknown>) => () => Promise<void>} */
    const change = (action) => () => this.#change(node, document, action);
    const canDelete = !isInProgress(status) && status !== "deleted";
    get("close").onclick = () => this.close();
    get("copy").onclick = () => runAction(get, () => copy(document.sha256 ?? "", get("copy")));
    setUp("rejected-download", true, () => this.#listeners.onDownload(document, "rejected"));
    setUp("download", status === "ready", () => this.#listeners.onDownload(document));
    setUp("abort", status === "pending", change(() => this.#airlock.abort(id)));
    setUp("delete", canDelete, change(() => this.#airlock.delete(id)));
    setUp("restore", status === "deleted", change(() => this.#airlock.restore(id)));
  }

  /**
   * @param {GetElement} get
   * @param {AirlockDocument} document
   */
  #fillRenditions(get, document) {
    const renditions = document.status === "ready" ? Object.entries(document.renditions) : [];
    get("renditions-row").hidden = renditions.length === 0;
    for (const [name, { size, width, height }] of renditions) {
      const { node, get: getPart } = cloneTemplate("rendition");
      const pixels = width && height ? `${width} × ${height}, ` : "";
      getPart("rendition").textContent = `${name} (${pixels}${formatSize(size)})`;
      getPart("rendition").onclick = () => runAction(get, () => this.#listeners.onDownload(document, name));
      get("renditions").append(node);
    }
  }

  /**
   * Shows a link, because browsers block a window that opens after a request. It has its place before it can be followed.
   * @param {HTMLAnchorElement} link
   * @param {AirlockDocument} document
   */
  async #showTabLink(link, document) {
    if (document.status !== "ready" || !OPENS_IN_TAB.has(document.contentType ?? "")) return;
    link.hidden = false;
    try {
      link.href = (await this.#airlock.download(document.id, { disposition: "inline" })).url;
    } catch (error) {
      link.hidden = true;
      throw error;
    }
  }

  /**
   * Shows the changed document, unless the user has closed the dialog or opened another document.
   * @param {HTMLElement} node  The content of the dialog when the action began.
   * @param {AirlockDocument} document
   * @param {() => Promise<unknown>} action
   */
  async #change(node, { id }, action) {
    await action();
    const changed = await this.#airlock.get(id);
    this.#listeners.onChange(changed);
    if (node.isConnected) this.open(changed);
  }
}

/**
 * Runs the action, and shows its error in the dialog.
 * @param {GetElement} get
 * @param {() => Promise<unknown>} action
 */
async function runAction(get, action) {
  get("error").textContent = "";
  try {
    await action();
  } catch (error) {
    get("error").textContent = describeError(error);
  }
}

/**
 * @param {string} text
 * @param {HTMLElement} button
 */
async function copy(text, button) {
  await navigator.clipboard.writeText(text);
  button.textContent = "Copied";
  announce("Copied");
}
