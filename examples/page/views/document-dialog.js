/** Everything about one document, in a modal dialog: preview, facts, history, download, delete. */

import { MOVING } from "airlock-uploads";
import { errorInWords, outcomeInWords, statusWord } from "airlock-uploads/words";
import { showPreview } from "./preview.js";
import { fromTemplate, showTime } from "./template.js";
import { momentInWords, sizeInWords } from "./words.js";

/** @import { Airlock, AirlockDocument } from "airlock-uploads" */

/** What a browser opens by itself in a tab, beyond what the preview shows. */
const OPENS_IN_TAB = new Set(["application/pdf", "text/plain"]);

export class DocumentDialog {
  #airlock;
  #listeners;
  #dialog = /** @type {HTMLDialogElement} */ (document.getElementById("details"));

  /**
   * @param {Airlock} airlock
   * @param {object} listeners
   * @param {(document: AirlockDocument) => void} listeners.onChange  It was aborted, deleted or restored here.
   * @param {(document: AirlockDocument) => Promise<void>} listeners.onDownload
   */
  constructor(airlock, listeners) {
    this.#airlock = airlock;
    this.#listeners = listeners;
    this.#dialog.onclose = () => this.#dialog.replaceChildren(); // and so a film stops
  }

  close() {
    this.#dialog.close();
  }

  /** @param {AirlockDocument} document */
  open(document) {
    const { node, part } = fromTemplate("document-details");
    node.dataset.status = document.status;
    fillFacts(part, document);
    fillHistory(part("history"), document);
    const trying = (/** @type {() => Promise<unknown>} */ action) => async () => {
      part("problem").textContent = "";
      await action().catch((error) => (part("problem").textContent = errorInWords(error)));
    };
    part("close").onclick = () => this.close();
    part("copy").onclick = trying(() => copy(document.sha256 ?? "", part("copy")));
    part("download").hidden = document.status !== "ready";
    part("download").onclick = trying(() => this.#listeners.onDownload(document));
    part("abort").hidden = document.status !== "pending";
    part("abort").onclick = trying(() => this.#change(document, () => this.#airlock.abort(document.id)));
    part("delete").hidden = MOVING.has(document.status) || document.status === "deleted";
    part("delete").onclick = trying(() => this.#change(document, () => this.#airlock.delete(document.id)));
    part("restore").hidden = document.status !== "deleted";
    part("restore").onclick = trying(() => this.#change(document, () => this.#airlock.restore(document.id)));
    this.#dialog.replaceChildren(node);
    if (!this.#dialog.open) this.#dialog.showModal();
    trying(() => showPreview(part("preview"), document, this.#airlock))();
    trying(() => this.#offerTab(part("view"), document))();
  }

  /**
   * A link rather than a window opened after a request, which browsers block.
   * @param {HTMLAnchorElement} link
   * @param {AirlockDocument} document
   */
  async #offerTab(link, document) {
    if (document.status !== "ready" || !OPENS_IN_TAB.has(document.contentType ?? "")) return;
    link.href = (await this.#airlock.download(document.id, { disposition: "inline" })).url;
    link.hidden = false;
  }

  /**
   * @param {AirlockDocument} document
   * @param {() => Promise<unknown>} action
   */
  async #change({ id }, action) {
    await action();
    const changed = await this.#airlock.get(id);
    this.#listeners.onChange(changed);
    this.open(changed);
  }
}

/**
 * @param {(name: string) => any} part
 * @param {AirlockDocument} document
 */
function fillFacts(part, document) {
  part("title").textContent = document.fileName;
  part("verdict").textContent = outcomeInWords(document);
  if (document.status === "deleted" && document.expiresAt) {
    part("verdict").textContent += `. It can be restored until ${momentInWords(document.expiresAt)}.`;
  }
  part("size").textContent = `${sizeInWords(document.size)} (${document.size.toLocaleString()} bytes)`;
  part("type").textContent = typeText(document);
  part("kind").textContent = document.kind;
  part("id").textContent = document.id;
  part("checksum").textContent = document.sha256;
  part("checksum-row").hidden = !document.sha256;
}

/** @param {AirlockDocument} document */
function typeText({ contentType: found, declaredContentType: declared }) {
  if (!found) return `${declared} (declared)`;
  return found === declared ? found : `${found} (declared as ${declared})`;
}

/**
 * @param {HTMLElement} list
 * @param {AirlockDocument} document
 */
function fillHistory(list, document) {
  for (const step of document.history) {
    const { node, part } = fromTemplate("history-step");
    node.dataset.status = step.status;
    part("status").textContent = statusWord(step.status);
    showTime(part("at"), step.at, momentInWords(step.at));
    list.append(node);
  }
}

/**
 * @param {string} text
 * @param {HTMLElement} button
 */
async function copy(text, button) {
  await navigator.clipboard.writeText(text);
  button.textContent = "Copied";
}
