/** The uploads of this page. A few run in parallel, and the others wait. */

import { ResumableRow } from "./resumable-row.js";
import { getElement } from "./template.js";
import { UploadRow } from "./upload-row.js";

/** @import { Airlock, AirlockDocument, ResumableUpload } from "airlock-uploads" */

/** More uploads would only share the same bandwidth, and a browser opens six connections to one host. */
const MAX_RUNNING = 3;

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
  /** @type {Set<Promise<unknown>>} */
  #running = new Set();

  /**
   * @param {Airlock} airlock
   * @param {object} listeners
   * @param {(document: AirlockDocument) => void} listeners.onDocument  Called with the document of an ended upload.
   * @param {(document: AirlockDocument) => void} listeners.onOpen
   * @param {() => void} listeners.onError
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

  /** @param {File[]} files */
  add(files) {
    const rows = files.map((file) => this.#createRow(file));
    this.#rows.push(...rows);
    this.#list.prepend(...rows.map(({ node }) => node));
    this.#render();
    this.#startNext();
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
    const row = new UploadRow(file, this.#airlock, {
      onChange: () => this.#render(),
      onStepWaiting: () => this.#startNext(),
      onRetry: () => {
        row.enqueue();
        this.#startNext();
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

  /** Starts queued uploads. One whose document waits for a step sends nothing, so it takes no place. */
  #startNext() {
    const sending = this.#running.size - this.#rows.filter(({ isStepWaiting }) => isStepWaiting).length;
    const queued = this.#rows.filter(({ status }) => status === "queued");
    for (const row of queued.slice(0, Math.max(0, MAX_RUNNING - sending))) this.#run(row);
  }

  /** @param {UploadRow} row */
  async #run(row) {
    const upload = row.start();
    this.#running.add(upload);
    const document = await upload;
    this.#running.delete(upload);
    if (document) this.#listeners.onDocument(document);
    else this.#listeners.onError();
    this.#startNext();
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
