/** The uploads of this page, and those that an earlier page started. */

import { UploadQueue } from "airlock-uploads/queue";
import { describeUploads } from "airlock-uploads/upload-messages";
import { ResumableRow } from "./resumable-row.js";
import { getElement } from "./template.js";
import { UploadRow } from "./upload-row.js";

/** @import { Airlock, AirlockDocument, ResumableUpload } from "airlock-uploads" */
/** @import { QueuedUpload } from "airlock-uploads/queue" */

export class UploadsPanel {
  #airlock;
  #listeners;
  #queue;
  #list = getElement("uploads");
  #header = getElement("uploads-header");
  #summary = getElement("uploads-summary");
  #clearButton = getElement("clear");
  /** By the id in the queue. @type {Map<number, UploadRow>} */
  #rows = new Map();
  /** @type {ResumableRow[]} */
  #resumableRows = [];

  /**
   * @param {Airlock} airlock
   * @param {object} listeners
   * @param {(document: AirlockDocument) => void} listeners.onDocument  Called with the document of an ended upload.
   * @param {(document: AirlockDocument) => void} listeners.onOpen
   */
  constructor(airlock, listeners) {
    this.#airlock = airlock;
    this.#listeners = listeners;
    this.#queue = new UploadQueue(airlock, { onDocument: listeners.onDocument });
    this.#queue.subscribe(() => this.#render());
    this.#clearButton.onclick = () => {
      this.#queue.remove();
      getElement("files").focus();
    };
  }

  /** True while leaving the page would interrupt an upload. */
  get isBusy() {
    return this.#queue.isBusy;
  }

  /** Adds files, whose documents are created together. @param {File[]} files */
  add(files) {
    this.#queue.add(files);
  }

  /**
   * Replaces the rows of uploads that an earlier page started.
   * @param {ResumableUpload[]} uploads
   */
  showResumable(uploads) {
    for (const { node } of this.#resumableRows) node.remove();
    this.#resumableRows = uploads.map((upload) => this.#createResumableRow(upload));
    this.#list.append(...this.#resumableRows.map(({ node }) => node));
    this.#render();
  }

  /** Cancels all uploads that can be, and removes all. Resolves when the API has been told, which needs a session. */
  async cancelAll() {
    const cancelled = this.#queue.cancel();
    this.#queue.remove();
    for (const { id } of this.#queue.getSnapshot().uploads) this.#queue.remove(id);
    this.showResumable([]);
    await cancelled;
  }

  #render() {
    const { uploads } = this.#queue.getSnapshot();
    this.#removeRows(new Set(uploads.map(({ id }) => id)));
    const added = uploads.filter(({ id }) => !this.#rows.has(id));
    this.#list.prepend(...added.map((upload) => this.#createRow(upload)));
    for (const upload of uploads) this.#rows.get(upload.id)?.update(upload);
    this.#removeResumedRows(new Set(uploads.map(({ document }) => document?.id)));
    this.#renderHeader(uploads);
  }

  /** @param {readonly QueuedUpload[]} uploads */
  #renderHeader(uploads) {
    this.#header.hidden = uploads.length + this.#resumableRows.length === 0;
    this.#clearButton.hidden = uploads.every(({ isFinished }) => !isFinished);
    this.#summary.textContent = uploads.length ? describeUploads(uploads) : "Interrupted";
  }

  /** @param {QueuedUpload} upload */
  #createRow(upload) {
    const { id } = upload;
    const row = new UploadRow(upload, {
      onPause: () => this.#queue.pause(id),
      onResume: () => this.#queue.resume(id),
      onRetry: () => this.#queue.retry(id),
      onCancel: () => this.#cancel(id),
      onDismiss: () => this.#dismiss(id, row),
      onError: (document) => this.#reportCurrent(document),
      onOpen: this.#listeners.onOpen,
    });
    this.#rows.set(id, row);
    return row.node;
  }

  /** @param {number} id */
  async #cancel(id) {
    const document = this.#queue.getSnapshot().uploads.find((upload) => upload.id === id)?.document;
    await this.#queue.cancel(id);
    if (document) await this.#reportCurrent(document);
  }

  /** Moves the focus to the next row, because that of the pressed button disappears.
   * @param {number} id
   * @param {UploadRow} row
   */
  #dismiss(id, { node }) {
    const next = node.nextElementSibling ?? node.previousElementSibling;
    const button = next?.querySelector("button:not([hidden]), input");
    this.#queue.remove(id);
    /** @type {HTMLElement} */ (button ?? getElement("files")).focus();
  }

  /** Reports the document of an upload that was cancelled or has an error. @param {AirlockDocument} document */
  async #reportCurrent({ id }) {
    const current = await this.#airlock.get(id).catch(() => null); // the next list shows it
    if (current) this.#listeners.onDocument(current);
  }

  /** @param {ResumableUpload} upload */
  #createResumableRow(upload) {
    const row = new ResumableRow(upload, this.#airlock, {
      onFile: (file) => {
        this.#removeResumedRows(new Set([upload.id]));
        this.add([file]);
      },
      onAbort: (document) => {
        this.#removeResumedRows(new Set([upload.id]));
        this.#render();
        this.#listeners.onDocument(document);
      },
    });
    return row;
  }

  /** Removes the rows of uploads that have left the queue. @param {Set<number>} ids  Of those that stay. */
  #removeRows(ids) {
    for (const [id, { node }] of this.#rows) {
      if (ids.has(id)) continue;
      node.remove();
      this.#rows.delete(id);
    }
  }

  /** Removes the rows of uploads that continue. @param {Set<string | undefined>} ids  Of documents. */
  #removeResumedRows(ids) {
    for (const { id, node } of this.#resumableRows) if (ids.has(id)) node.remove();
    this.#resumableRows = this.#resumableRows.filter(({ id }) => !ids.has(id));
  }
}
