/** The uploads of this page: a few at a time, the others wait for their turn. */

import { UnfinishedRow } from "./unfinished-row.js";
import { UploadRow } from "./upload-row.js";

/** @import { Airlock, AirlockDocument, UnfinishedUpload } from "airlock-uploads" */

/** More would only share the same line, and a browser opens six connections to one host. */
const AT_A_TIME = 3;

export class UploadQueue {
  #airlock;
  #listeners;
  #list = /** @type {HTMLElement} */ (document.getElementById("queue"));
  #head = /** @type {HTMLElement} */ (document.getElementById("queue-head"));
  #summary = /** @type {HTMLElement} */ (document.getElementById("queue-summary"));
  #clear = /** @type {HTMLElement} */ (document.getElementById("clear"));
  /** @type {UploadRow[]} */
  #rows = [];
  /** @type {UnfinishedRow[]} */
  #unfinished = [];
  /** @type {Set<Promise<unknown>>} */
  #running = new Set();

  /**
   * @param {Airlock} airlock
   * @param {object} listeners
   * @param {(document: AirlockDocument) => void} listeners.onDocument  An upload has come to an end.
   * @param {(document: AirlockDocument) => void} listeners.onOpen
   * @param {() => void} listeners.onError
   */
  constructor(airlock, listeners) {
    this.#airlock = airlock;
    this.#listeners = listeners;
    this.#clear.onclick = () => this.#removeFinished();
  }

  /** Whether leaving the page would lose something. */
  get busy() {
    return this.#rows.some((row) => !row.finished && row.status !== "checking");
  }

  /** @param {File[]} files */
  add(files) {
    const rows = files.map((file) => this.#row(file));
    this.#rows.push(...rows);
    this.#list.prepend(...rows.map(({ node }) => node));
    this.#show();
    this.#next();
  }

  /**
   * What an earlier page has left, to be gone on with.
   * @param {UnfinishedUpload[]} uploads
   */
  offer(uploads) {
    for (const { node } of this.#unfinished) node.remove();
    this.#unfinished = uploads.map((upload) => this.#unfinishedRow(upload));
    this.#list.append(...this.#unfinished.map(({ node }) => node));
    this.#show();
  }

  /** Cancels everything and forgets it. Resolves when the API knows, which takes a session. */
  async empty() {
    for (const row of this.#rows.filter(({ finished }) => !finished)) row.cancel();
    this.#rows = [];
    this.#unfinished = [];
    this.#list.replaceChildren();
    this.#show();
    await Promise.allSettled(this.#running);
  }

  /** @param {File} file */
  #row(file) {
    const row = new UploadRow(file, this.#airlock, {
      onChange: () => this.#show(),
      onRetry: () => (row.queue(), this.#next()),
      onOpen: this.#listeners.onOpen,
    });
    return row;
  }

  /** @param {UnfinishedUpload} upload */
  #unfinishedRow(upload) {
    const row = new UnfinishedRow(upload, this.#airlock, {
      onFile: (file) => (row.node.remove(), this.add([file])),
      onAborted: (document) => (row.node.remove(), this.#show(), this.#listeners.onDocument(document)),
    });
    return row;
  }

  #next() {
    const waiting = this.#rows.filter(({ status }) => status === "queued");
    for (const row of waiting.slice(0, AT_A_TIME - this.#running.size)) this.#run(row);
  }

  /** @param {UploadRow} row */
  async #run(row) {
    const run = row.start();
    this.#running.add(run);
    const ended = await run;
    this.#running.delete(run);
    if (ended) this.#listeners.onDocument(ended);
    else this.#listeners.onError();
    this.#next();
  }

  #removeFinished() {
    for (const row of this.#rows.filter(({ finished }) => finished)) row.node.remove();
    this.#show();
  }

  #show() {
    this.#rows = this.#rows.filter(({ node }) => node.isConnected);
    for (const { node } of this.#unfinished.filter(({ id }) => this.#isUnderWay(id))) node.remove();
    this.#unfinished = this.#unfinished.filter(({ node }) => node.isConnected);
    const finished = this.#rows.filter((row) => row.finished).length;
    this.#head.hidden = this.#rows.length + this.#unfinished.length === 0;
    this.#clear.hidden = finished === 0;
    this.#summary.textContent = this.#rows.length ? `${finished} of ${this.#rows.length} finished` : "Not finished";
  }

  /** Its file may be chosen as any other. @param {string} id */
  #isUnderWay(id) {
    return this.#rows.some(({ documentId }) => documentId === id);
  }
}
