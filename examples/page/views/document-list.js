/** The user's documents, newest first, one page at a time. Documents that are being checked are updated. */

import { describeError, describeWaiting } from "airlock-uploads/messages";
import { BulkActions } from "./bulk-actions.js";
import { DocumentRow } from "./document-row.js";
import { Filters } from "./filters.js";
import { getElement } from "./template.js";
import { Thumbnails } from "./thumbnails.js";

/** @import { Airlock, AirlockDocument, Kinds } from "airlock-uploads" */
/** @import { DocumentList as Page } from "airlock-uploads" */

const PAGE_SIZE = 20;
/** Documents that are read again after the connection was lost: as many as one call returns. */
const REFRESHED = 100;

export class DocumentList {
  #airlock;
  #listeners;
  #thumbnails;
  #bulk;
  #filters = new Filters(() => this.reload());
  #list = getElement("documents");
  #more = getElement("more");
  #error = getElement("documents-error");
  /** By id, in the order of the list. @type {Map<string, DocumentRow>} */
  #rows = new Map();
  /** @type {string | null} */
  #cursor = null;
  #isIncomplete = false;
  /** Cancels the requests of a list that was replaced. */
  #controller = new AbortController();

  /**
   * @param {Airlock} airlock
   * @param {object} listeners
   * @param {(document: AirlockDocument) => void} listeners.onOpen
   * @param {(document: AirlockDocument) => void} listeners.onDownload
   * @param {() => void} listeners.onChange  Called when documents were deleted or restored.
   */
  constructor(airlock, listeners) {
    this.#airlock = airlock;
    this.#listeners = listeners;
    this.#thumbnails = new Thumbnails(airlock);
    this.#bulk = new BulkActions(airlock, {
      listRows: () => [...this.#rows.values()],
      isTrash: () => this.#filters.isTrash,
      onChange: (document) => {
        this.upsert(document);
        listeners.onChange();
      },
    });
    this.#more.onclick = () => {
      if (this.#list.ariaBusy !== "true") this.#loadPage();
    };
    getElement("refresh").onclick = getElement("try-again").onclick = () => this.reload();
    getElement("clear-filters").onclick = () => {
      this.#filters.clear();
      getElement("search").focus();
    };
  }

  /** Offers the kinds of the deployment as a filter. @param {Kinds | null} kinds */
  showKinds(kinds) {
    this.#filters.showKinds(kinds);
  }

  async reload() {
    this.#controller.abort();
    this.#controller = new AbortController();
    this.#cursor = null;
    this.#bulk.clear();
    await this.#loadPage();
  }

  /** Removes all documents, for a user who has signed out. */
  clear() {
    this.#controller.abort();
    this.#removeAll();
    this.#bulk.clear();
    this.#bulk.render();
  }

  /**
   * Inserts or updates the row of a document, or removes it when the filter excludes it.
   * @param {AirlockDocument} document
   */
  upsert(document) {
    if (this.#controller.signal.aborted) return; // of a user who has signed out
    const row = this.#rows.get(document.id);
    if (!this.#filters.matches(document)) this.remove(document.id);
    else if (row) row.update(document);
    else this.#list.insertBefore(this.#createRow(document), this.#findFirstOlderThan(document));
    this.#renderState();
  }

  /** Removes the row of a document that does not exist any more. @param {string} id */
  remove(id) {
    this.#rows.get(id)?.node.remove();
    this.#rows.delete(id);
    this.#renderState();
  }

  /** Reads the newest documents again. Rows of older ones, and the place of the user in the list, stay. */
  async refresh() {
    const { signal } = this.#controller;
    const query = { ...this.#filters.query, limit: REFRESHED, signal };
    const page = await this.#airlock.list(query).catch(() => null); // a reload shows the error
    if (!page || signal.aborted) return;
    const ids = new Set(page.documents.map(({ id }) => id));
    const oldest = page.nextCursor ? (page.documents.at(-1)?.createdAt ?? "") : "";
    for (const { document } of this.#rows.values()) {
      if (document.createdAt >= oldest && !ids.has(document.id)) this.remove(document.id);
    }
    for (const document of page.documents.toReversed()) this.upsert(document);
  }

  async #loadPage() {
    const { signal } = this.#controller;
    const isFirst = this.#cursor === null;
    this.#setBusy(true);
    this.#error.hidden = true;
    try {
      const query = { ...this.#filters.query, limit: PAGE_SIZE, cursor: this.#cursor ?? undefined };
      const page = await this.#airlock.list({ ...query, signal });
      if (signal.aborted) return;
      if (isFirst) this.#removeAll();
      this.#append(page);
    } catch (error) {
      if (signal.aborted) return;
      if (isFirst) this.#removeAll();
      getElement("documents-error-text").textContent = describeError(error);
      this.#error.hidden = false;
    }
    this.#setBusy(false);
    this.#renderState();
  }

  /**
   * Disables "Show more" by ARIA while a page loads, so that the button keeps the focus.
   * @param {boolean} isBusy
   */
  #setBusy(isBusy) {
    this.#list.ariaBusy = this.#more.ariaDisabled = String(isBusy);
  }

  /** @param {Page} page */
  #append({ documents, nextCursor, incomplete }) {
    const added = documents.filter(({ id }) => !this.#rows.has(id));
    const rows = added.map((document) => this.#createRow(document));
    this.#list.append(...rows);
    this.#cursor = nextCursor;
    this.#isIncomplete = incomplete;
    const hadFocus = document.activeElement === this.#more;
    this.#more.hidden = nextCursor === null;
    this.#more.textContent = incomplete ? "Search older documents" : "Show more";
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
    const row = new DocumentRow(document, this.#thumbnails, {
      onOpen: this.#listeners.onOpen,
      onDownload: this.#listeners.onDownload,
      onSelect: () => this.#bulk.render(),
    });
    this.#rows.set(document.id, row);
    return row.node;
  }

  /** @param {AirlockDocument} document */
  #findFirstOlderThan({ createdAt }) {
    const rows = [...this.#rows.values()].filter(({ document }) => document.createdAt < createdAt);
    const newest = rows.reduce(
      (/** @type {DocumentRow | null} */ found, row) =>
        found && found.document.createdAt >= row.document.createdAt ? found : row,
      null,
    );
    return newest?.node ?? null;
  }

  #removeAll() {
    this.#rows.clear();
    this.#list.replaceChildren();
  }

  #renderState() {
    this.#bulk.render();
    const isEmpty = this.#rows.size === 0 && this.#error.hidden && this.#list.ariaBusy === "false";
    getElement("empty").hidden = !isEmpty || this.#filters.isActive;
    getElement("no-matches").hidden = !isEmpty || !this.#filters.isActive;
    getElement("no-matches-text").textContent = this.#isIncomplete
      ? "Nothing found so far. There are older documents to search."
      : "No document matches.";
  }
}
