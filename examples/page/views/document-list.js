/** The user's documents, newest first, one page at a time. Documents that are being checked are updated. */

import { describeError, describeWaiting } from "airlock-uploads/messages";
import { createDocumentRow } from "./document-row.js";
import { getElement } from "./template.js";

/** @import { Airlock, AirlockDocument, Status } from "airlock-uploads" */

const PAGE_SIZE = 20;
/** Documents that are read again after the connection was lost: as many as one call returns. */
const REFRESHED = 100;
const NO_DOCUMENTS = "No documents yet. Drop a file anywhere on this page.";
const NO_MATCHES = "No documents have this status.";

export class DocumentList {
  #airlock;
  #listeners;
  #list = getElement("documents");
  #filter = /** @type {HTMLSelectElement} */ (getElement("filter"));
  #more = getElement("more");
  #emptyMessage = getElement("empty");
  #error = getElement("documents-error");
  /** @type {string | null} */
  #cursor = null;
  /** Cancels the requests of a list that was replaced. */
  #controller = new AbortController();

  /**
   * @param {Airlock} airlock
   * @param {object} listeners
   * @param {(document: AirlockDocument) => void} listeners.onOpen
   * @param {(document: AirlockDocument) => void} listeners.onDownload
   */
  constructor(airlock, listeners) {
    this.#airlock = airlock;
    this.#listeners = listeners;
    this.#filter.onchange = () => this.reload();
    this.#more.onclick = () => {
      if (this.#list.ariaBusy !== "true") this.#loadPage();
    };
    getElement("refresh").onclick = () => this.reload();
  }

  async reload() {
    this.#controller.abort();
    this.#controller = new AbortController();
    this.#cursor = null;
    await this.#loadPage();
  }

  /** Removes all documents, for a user who has signed out. */
  clear() {
    this.#controller.abort();
    this.#list.replaceChildren();
  }

  /**
   * Inserts or replaces the row of a document, or removes it when the filter excludes it.
   * @param {AirlockDocument} document
   */
  upsert(document) {
    const row = this.#findRow(document.id);
    const { value } = this.#filter;
    const isIncluded = value ? value === document.status : document.status !== "deleted";
    if (!isIncluded) row?.remove();
    else if (row) row.replaceWith(this.#createRow(document));
    else this.#list.insertBefore(this.#createRow(document), this.#findFirstOlderThan(document));
    this.#updateEmptyMessage();
  }

  /** Removes the row of a document that does not exist any more. @param {string} id */
  remove(id) {
    this.#findRow(id)?.remove();
    this.#updateEmptyMessage();
  }

  /** Reads the newest documents again. Rows of older ones, and the place of the user in the list, stay. */
  async refresh() {
    const { signal } = this.#controller;
    const status = /** @type {Status | undefined} */ (this.#filter.value || undefined);
    const page = await this.#airlock.list({ status, limit: REFRESHED, signal }).catch(() => null); // a reload shows the error
    if (!page || signal.aborted) return;
    const ids = new Set(page.documents.map(({ id }) => id));
    const oldest = page.nextCursor ? (page.documents.at(-1)?.createdAt ?? "") : "";
    for (const row of /** @type {HTMLElement[]} */ ([...this.#list.children])) {
      if ((row.dataset.createdAt ?? "") >= oldest && !ids.has(row.dataset.id ?? "")) row.remove();
    }
    for (const document of page.documents.toReversed()) this.upsert(document);
  }

  async #loadPage() {
    const { signal } = this.#controller;
    const isFirst = this.#cursor === null;
    this.#setBusy(true);
    this.#error.textContent = "";
    try {
      const status = /** @type {Status | undefined} */ (this.#filter.value || undefined);
      const page = await this.#airlock.list({ status, limit: PAGE_SIZE, cursor: this.#cursor ?? undefined, signal });
      if (signal.aborted) return;
      if (isFirst) this.#list.replaceChildren();
      this.#append(page);
    } catch (error) {
      if (signal.aborted) return;
      this.#error.textContent = describeError(error);
    }
    this.#setBusy(false);
    this.#updateEmptyMessage();
  }

  /**
   * Disables "Show more" by ARIA while a page loads, so that the button keeps the focus.
   * @param {boolean} isBusy
   */
  #setBusy(isBusy) {
    this.#list.ariaBusy = this.#more.ariaDisabled = String(isBusy);
  }

  /** @param {{documents: AirlockDocument[], nextCursor: string | null}} page */
  #append({ documents, nextCursor }) {
    const added = documents.filter(({ id }) => !this.#findRow(id));
    const rows = added.map((document) => this.#createRow(document));
    this.#list.append(...rows);
    this.#cursor = nextCursor;
    const hadFocus = document.activeElement === this.#more;
    this.#more.hidden = nextCursor === null;
    if (hadFocus && this.#more.hidden) rows[0]?.querySelector("button")?.focus();
    for (const document of added.filter(({ status }) => status === "processing")) this.#watch(document);
  }

  /** Updates the row when a step waits, and once the document has been checked. @param {AirlockDocument} document */
  async #watch(document) {
    const { signal } = this.#controller;
    let shown = describeWaiting(document);
    const onStatus = (/** @type {string} */ _status, /** @type {AirlockDocument | null} */ current) => {
      const waiting = current ? describeWaiting(current) : shown;
      if (current && waiting !== shown && !signal.aborted) this.upsert(current);
      shown = waiting;
    };
    const checked = await this.#airlock.waitForDocument(document.id, { signal, onStatus }).catch(() => null);
    if (checked && !signal.aborted) this.upsert(checked);
  }

  /** @param {AirlockDocument} document */
  #createRow(document) {
    return createDocumentRow(document, this.#listeners);
  }

  /** @param {AirlockDocument} document */
  #findFirstOlderThan({ createdAt }) {
    const rows = /** @type {HTMLElement[]} */ ([...this.#list.children]);
    return rows.find((row) => (row.dataset.createdAt ?? "") < createdAt) ?? null;
  }

  /** @param {string} id */
  #findRow(id) {
    return this.#list.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  #updateEmptyMessage() {
    this.#emptyMessage.hidden = this.#list.childElementCount > 0 || this.#error.textContent !== "";
    this.#emptyMessage.textContent = this.#filter.value ? NO_MATCHES : NO_DOCUMENTS;
  }
}
