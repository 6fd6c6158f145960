/** The uploads of this page. A few are sent in parallel, and the others wait. */

import { Semaphore } from "airlock-uploads";
import { ResumableRow } from "./resumable-row.js";
import { getElement } from "./template.js";
import { UploadRow } from "./upload-row.js";

/** @import { Airlock, AirlockDocument, ResumableUpload, Upload } from "airlock-uploads" */

/** More uploads would only share the same bandwidth, and a browser opens six connections to one host. */
const MAX_SENDING = 3;

export class UploadQueue {
  #airlock;
  #listeners;
  #list = getElement("uploads");
  #header = getElement("uploads-header");
  #summary = getElement("uploads-summary");
  #clearButton = getElement("clear");
  /** @type {UploadRow[]} */
  #rows = [];
  /** @type {ResumableRow[]} */
  #resumableRows = [];
  /** Shared by all uploads, so that files that are added later wait for those before. */
  #slots = new Semaphore(MAX_SENDING);
  /** @type {Set<Promise<unknown>>} */
  #running = new Set();

  /**
   * @param {Airlock} airlock
   * @param {object} listeners
   * @param {(document: AirlockDocument) => void} listeners.onDocument  Called with the document of an ended upload.
   * @param {(document: AirlockDocument) => void} listeners.onOpen
   */
  constructor(airlock, listeners) {
    this.#airlock = airlock;
    this.#listeners = listeners;
    this.#clearButton.onclick = () => this.#removeFinished();
  }

  /** True while leaving the page would interrupt an upload. */
  get isBusy() {
    return this.#rows.some((row) => !row.isFinished && row.status !== "checking");
  }

  /** Adds files, whose documents are created together. @param {File[]} files */
  add(files) {
    const rows = files.map((file) => this.#createRow(file));
    this.#rows.push(...rows);
    this.#list.prepend(...rows.map(({ node }) => node));
    this.#render();
    this.#start(rows);
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

  /** Cancels and removes all uploads. Resolves when the API has been told, which needs a session. */
  async cancelAll() {
    for (const row of this.#rows.filter(({ isFinished }) => !isFinished)) row.cancel();
    this.#rows = [];
    this.#resumableRows = [];
    this.#list.replaceChildren();
    this.#render();
    await Promise.allSettled(this.#running);
  }

  /** @param {File} file */
  #createRow(file) {
    const row = new UploadRow(file, {
      onChange: () => this.#render(),
      onRetry: () => {
        const upload = row.retry();
        if (upload) this.#observe(row, upload);
        else this.#start([row]);
      },
      onOpen: this.#listeners.onOpen,
    });
    return row;
  }

  /** @param {ResumableUpload} upload */
  #createResumableRow(upload) {
    const row = new ResumableRow(upload, this.#airlock, {
      onFile: (file) => {
        row.node.remove();
        this.add([file]);
      },
      onAbort: (document) => {
        row.node.remove();
        this.#render();
        this.#listeners.onDocument(document);
      },
    });
    return row;
  }

  /** @param {UploadRow[]} rows */
  #start(rows) {
    const uploads = this.#airlock.uploadAll(rows.map((row) => row.toUpload()), { slots: this.#slots });
    uploads.forEach((upload, index) => this.#observe(/** @type {UploadRow} */ (rows[index]), upload));
  }

  /**
   * @param {UploadRow} row
   * @param {Upload} upload
   */
  async #observe(row, upload) {
    const outcome = row.observe(upload);
    this.#running.add(outcome);
    const document = (await outcome) ?? (await this.#findDocument(row));
    this.#running.delete(outcome);
    if (document) this.#listeners.onDocument(document);
  }

  /** Returns the document of an upload that has failed, or null. @param {UploadRow} row */
  async #findDocument({ documentId }) {
    return documentId ? this.#airlock.get(documentId).catch(() => null) : null;
  }

  #removeFinished() {
    for (const row of this.#rows.filter(({ isFinished }) => isFinished)) row.node.remove();
    this.#render();
  }

  #render() {
    this.#rows = this.#rows.filter(({ node }) => node.isConnected);
    for (const { node } of this.#resumableRows.filter(({ id }) => this.#isUploading(id))) node.remove();
    this.#resumableRows = this.#resumableRows.filter(({ node }) => node.isConnected);
    const finished = this.#rows.filter(({ isFinished }) => isFinished).length;
    this.#header.hidden = this.#rows.length + this.#resumableRows.length === 0;
    this.#clearButton.hidden = finished === 0;
    this.#summary.textContent = this.#rows.length ? `${finished} of ${this.#rows.length} finished` : "Interrupted";
  }

  /**
   * Returns true when a resumable upload was started by choosing its file like any other.
   * @param {string} id
   */
  #isUploading(id) {
    return this.#rows.some(({ documentId }) => documentId === id);
  }
}
