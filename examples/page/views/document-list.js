/** The caller's documents, newest first, a page at a time; what is still being checked is followed to its end. */

import { errorInWords } from "airlock-uploads/words";
import { documentRow } from "./document-row.js";

/** @import { Airlock, AirlockDocument } from "airlock-uploads" */

const PAGE = 20;
const NOTHING = "Nothing here yet. Drop a file anywhere on this page.";
const NOTHING_LIKE_IT = "No document has this status.";

export class DocumentList {
  #airlock;
  #listeners;
  #list = /** @type {HTMLElement} */ (document.getElementById("documents"));
  #filter = /** @type {HTMLSelectElement} */ (document.getElementById("filter"));
  #more = /** @type {HTMLButtonElement} */ (document.getElementById("more"));
  #empty = /** @type {HTMLElement} */ (document.getElementById("empty"));
  #problem = /** @type {HTMLElement} */ (document.getElementById("shelf-problem"));
  /** @type {string | null} */
  #cursor = null;
  /** Ends the requests and the following of a list that is no longer shown. */
  #shown = new AbortController();

  /**
   * @param {Airlock} airlock
   * @param {object} listeners
   * @param {(document: AirlockDocument) => void} listeners.onOpen
   * @param {(document: AirlockDocument) => void} listeners.onDownload
   * @param {(error: unknown) => void} listeners.onError
   */
  constructor(airlock, listeners) {
    this.#airlock = airlock;
    this.#listeners = listeners;
    this.#filter.onchange = () => this.reload();
    this.#more.onclick = () => this.#list.ariaBusy === "true" || this.#page();
    const refresh = /** @type {HTMLButtonElement} */ (document.getElementById("refresh"));
    refresh.onclick = () => this.reload();
  }

  async reload() {
    this.#shown.abort();
    this.#shown = new AbortController();
    this.#cursor = null;
    await this.#page();
  }

  /** Shows nothing more, because nobody is signed in. */
  empty() {
    this.#shown.abort();
    this.#list.replaceChildren();
  }

  /**
   * Puts a document where it belongs, or takes it away if the filter says so.
   * @param {AirlockDocument} document
   */
  put(document) {
    const present = this.#rowOf(document.id);
    const { value } = this.#filter;
    const wanted = value ? value === document.status : document.status !== "deleted";
    if (!wanted) present?.remove();
    else if (present) present.replaceWith(this.#row(document));
    else this.#list.insertBefore(this.#row(document), this.#firstOlderThan(document));
    this.#showEmptiness();
  }

  async #page() {
    const { signal } = this.#shown;
    const first = this.#cursor === null;
    this.#showBusy(true);
    this.#problem.textContent = "";
    try {
      const status = /** @type {any} */ (this.#filter.value);
      const page = await this.#airlock.list({ status, limit: PAGE, cursor: this.#cursor ?? undefined, signal });
      if (signal.aborted) return;
      if (first) this.#list.replaceChildren();
      this.#append(page);
    } catch (error) {
      if (signal.aborted) return;
      this.#problem.textContent = errorInWords(error);
      this.#listeners.onError(error);
    }
    this.#showBusy(false);
    this.#showEmptiness();
  }

  /**
   * More of a list that is being replaced is more of nothing, so it says that it cannot be had. It stays focusable.
   * @param {boolean} busy
   */
  #showBusy(busy) {
    this.#list.ariaBusy = this.#more.ariaDisabled = String(busy);
  }

  /** @param {{documents: AirlockDocument[], nextCursor: string | null}} page */
  #append({ documents, nextCursor }) {
    const fresh = documents.filter(({ id }) => !this.#rowOf(id));
    const rows = fresh.map((document) => this.#row(document));
    this.#list.append(...rows);
    this.#cursor = nextCursor;
    const focused = document.activeElement === this.#more;
    this.#more.hidden = nextCursor === null;
    if (focused && this.#more.hidden) rows[0]?.querySelector("button")?.focus();
    for (const document of fresh.filter(({ status }) => status === "processing")) this.#follow(document.id);
  }

  /** @param {string} id */
  async #follow(id) {
    const { signal } = this.#shown;
    const document = await this.#airlock.settled(id, { signal }).catch(() => null);
    if (document && !signal.aborted) this.put(document);
  }

  /** @param {AirlockDocument} document */
  #row(document) {
    return documentRow(document, this.#listeners);
  }

  /** @param {AirlockDocument} document */
  #firstOlderThan({ createdAt }) {
    const rows = /** @type {HTMLElement[]} */ ([...this.#list.children]);
    return rows.find((row) => (row.dataset.createdAt ?? "") < createdAt) ?? null;
  }

  /** @param {string} id */
  #rowOf(id) {
    return this.#list.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  #showEmptiness() {
    this.#empty.hidden = this.#list.childElementCount > 0 || this.#problem.textContent !== "";
    this.#empty.textContent = this.#filter.value ? NOTHING_LIKE_IT : NOTHING;
  }
}
