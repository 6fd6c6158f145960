/**
 * The uploads of a user interface: a list with the state of each, and commands for one or all of them.
 *
 *     const queue = new UploadQueue(airlock, { onDocument: (document) => ... });
 *     queue.subscribe(() => render(queue.getSnapshot()));
 *     queue.add(input.files, { kind: "photo" });
 *
 * A few files are sent at a time, and their documents are created in batches. `getSnapshot` returns the same object until
 * something changes, as React's useSyncExternalStore wants it.
 */

import { Semaphore } from "./semaphore.js";
import { UploadSpeed } from "./upload-speed.js";

export { UploadSpeed };

/** @import { Airlock, AirlockDocument, Upload, UploadOptions, UploadStatus } from "./index.js" */

/**
 * @typedef {object} QueuedUpload
 * @property {number} id  In this queue.
 * @property {File} file
 * @property {UploadStatus | "queued" | "error"} status
 * @property {number} loaded  Bytes.
 * @property {AirlockDocument | null} document  Once it is created.
 * @property {any} error  An AirlockError, with the status `error`.
 * @property {boolean} isFinished  True for a final status, an error included.
 * @property {boolean} canCancel  False once all bytes have arrived, because the API aborts no document that it checks.
 * @property {boolean} canRetry
 */

/**
 * @typedef {object} QueueProgress
 * @property {number} loaded  Bytes of all files that are not cancelled.
 * @property {number} total  Bytes.
 * @property {number} bytesPerSecond  Of the last seconds; 0 while unknown.
 * @property {number | null} secondsLeft  Null while the speed is unknown.
 * @property {number} finished  Uploads that have ended, in any way.
 * @property {number} ready
 * @property {number} failed  Uploads with an error, and documents that are rejected, failed or expired.
 */

/** @typedef {{uploads: readonly QueuedUpload[], progress: QueueProgress}} QueueSnapshot */
/** @typedef {Pick<UploadOptions, "kind" | "title" | "metadata" | "checksum"> & {priority?: number}} QueueOptions */

/**
 * @typedef {object} Entry
 * @property {QueuedUpload} state
 * @property {QueueOptions} options
 * @property {AbortController} removal
 * @property {Upload | null} upload
 * @property {Promise<void> | null} end  Resolves when the attempt has ended.
 * @property {boolean} isPaused
 */

const FINAL = new Set(["error", "ready", "rejected", "expired", "aborted", "failed", "deleted"]);
const FAILED = new Set(["error", "rejected", "expired", "failed"]);
const CAN_RETRY = new Set(["error", "aborted", "expired"]);

export class UploadQueue {
  #airlock;
  #onDocument;
  #slots;
  #speed = new UploadSpeed();
  #lastId = 0;
  /** @type {Entry[]} */
  #entries = [];
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** @type {QueueSnapshot | null} */
  #snapshot = null;

  /**
   * @param {Airlock} airlock
   * @param {object} [options]
   * @param {number} [options.concurrency]  Files sent in parallel.
   * @param {(document: AirlockDocument) => void} [options.onDocument]  Called with the document of each upload that ends.
   */
  constructor(airlock, { concurrency = 3, onDocument } = {}) {
    this.#airlock = airlock;
    this.#onDocument = onDocument;
    this.#slots = new Semaphore(concurrency);
  }

  /**
   * Adds files and starts them when there is room. Returns their ids in this queue. Files with a higher `priority` are
   * sent first.
   * @param {Iterable<File>} files
   * @param {QueueOptions} [options]
   * @returns {number[]}
   */
  add(files, options = {}) {
    const entries = Array.from(files, (file) => createEntry(++this.#lastId, file, options));
    this.#entries.push(...entries);
    this.#start(entries);
    return entries.map(({ state }) => state.id);
  }

  /** Pauses one upload, or all. @param {number} [id] */
  pause(id) {
    this.#setPaused(id, true);
  }

  /** Resumes one upload, or all. @param {number} [id] */
  resume(id) {
    this.#setPaused(id, false);
  }

  /**
   * Starts another attempt of one upload that has an error, was cancelled or has expired; or of all uploads with an error.
   * @param {number} [id]
   */
  retry(id) {
    const mayRetry = (/** @type {Entry} */ { state }) => (id === undefined ? state.status === "error" : state.canRetry);
    const chosen = this.#find(id).filter(mayRetry);
    for (const entry of chosen) setPaused(entry, false);
    const failed = chosen.filter(({ state, upload }) => state.status === "error" && upload);
    for (const entry of failed) entry.end = this.#observe(entry, /** @type {Upload} */ (entry.upload).retry());
    const ended = chosen.filter((entry) => !failed.includes(entry));
    for (const entry of ended) {
      entry.removal = new AbortController();
      entry.state = { ...entry.state, loaded: 0, document: null };
    }
    this.#start(ended);
  }

  /**
   * Cancels one upload, or all. An upload stays as it is once all its bytes have arrived. Resolves when the API has aborted
   * the documents, or could not be told.
   * @param {number} [id]
   */
  async cancel(id) {
    const cancelled = this.#find(id).filter(({ state }) => state.canCancel);
    for (const entry of cancelled) {
      entry.removal.abort();
      this.#change(entry, { status: "aborted" });
    }
    await Promise.all(cancelled.map(({ end }) => end));
  }

  /** Removes one upload, and cancels it if it can; or removes all that have ended. @param {number} [id] */
  remove(id) {
    const removed = this.#find(id).filter(({ state }) => id !== undefined || state.isFinished);
    for (const { state, removal } of removed) if (!state.isFinished) removal.abort();
    this.#entries = this.#entries.filter((entry) => !removed.includes(entry));
    this.#notify();
  }

  /** True while leaving the page would interrupt an upload. */
  get isBusy() {
    return this.#entries.some(({ state }) => !state.isFinished && state.status !== "checking");
  }

  /** @returns {QueueSnapshot} */
  getSnapshot() {
    this.#snapshot ??= { uploads: this.#entries.map(({ state }) => state), progress: this.#computeProgress() };
    return this.#snapshot;
  }

  /**
   * Calls the listener after every change. Returns a function that ends the subscription.
   * @param {() => void} listener
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** @param {Entry[]} entries */
  #start(entries) {
    if (entries.length === 0) return;
    const uploads = this.#airlock.uploadAll(entries.map((entry) => this.#toUpload(entry)), { slots: this.#slots });
    entries.forEach((entry, index) => {
      entry.end = this.#observe(entry, /** @type {Upload} */ (uploads[index]));
    });
  }

  /** @param {Entry} entry */
  #toUpload(entry) {
    const { signal } = entry.removal;
    /** @type {Pick<UploadOptions, "onStatus" | "onProgress">} */
    const listeners = {
      onStatus: (status, document) => {
        if (!signal.aborted) this.#change(entry, { status, document: document ?? entry.state.document });
      },
      onProgress: ({ loaded }) => this.#change(entry, { loaded }),
    };
    return { file: entry.state.file, ...entry.options, ...listeners, signal };
  }

  /**
   * Keeps the outcome of an attempt. Throws nothing.
   * @param {Entry} entry
   * @param {Upload} upload
   */
  async #observe(entry, upload) {
    const { signal } = entry.removal;
    entry.upload = upload;
    this.#change(entry, { status: "queued", error: null });
    if (entry.isPaused) upload.pause();
    const outcome = await upload.then((document) => ({ document }), (error) => ({ error }));
    if (signal.aborted) return;
    if ("error" in outcome) {
      this.#change(entry, { status: "error", error: outcome.error });
      return;
    }
    const { document } = outcome;
    this.#change(entry, { status: document.status, document });
    this.#onDocument?.(document);
  }

  /**
   * @param {number | undefined} id
   * @param {boolean} isPaused
   */
  #setPaused(id, isPaused) {
    for (const entry of this.#find(id).filter(({ state }) => !state.isFinished)) setPaused(entry, isPaused);
  }

  /** Returns the upload with this id, or all. @param {number} [id] */
  #find(id) {
    return this.#entries.filter(({ state }) => id === undefined || state.id === id);
  }

  /**
   * @param {Entry} entry
   * @param {Partial<QueuedUpload>} changes
   */
  #change(entry, changes) {
    const state = { ...entry.state, ...changes };
    const canRetry = CAN_RETRY.has(state.status);
    const isFinished = FINAL.has(state.status);
    entry.state = { ...state, isFinished, canCancel: !isSent({ ...state, isFinished }), canRetry };
    this.#notify();
  }

  #notify() {
    this.#snapshot = null;
    for (const listener of this.#listeners) listener();
  }

  /** @returns {QueueProgress} */
  #computeProgress() {
    const states = this.#entries.map(({ state }) => state);
    const counted = states.filter(({ status }) => status !== "aborted");
    const loaded = sum(counted.map((state) => (isSent(state) ? state.file.size : state.loaded)));
    const total = sum(counted.map(({ file }) => file.size));
    const bytesPerSecond = this.#speed.add(loaded, performance.now());
    return {
      loaded,
      total,
      bytesPerSecond,
      secondsLeft: bytesPerSecond > 0 ? (total - loaded) / bytesPerSecond : null,
      finished: states.filter(({ isFinished }) => isFinished).length,
      ready: states.filter(({ status }) => status === "ready").length,
      failed: states.filter(({ status }) => FAILED.has(status)).length,
    };
  }
}

/**
 * @param {number} id
 * @param {File} file
 * @param {QueueOptions} options
 * @returns {Entry}
 */
function createEntry(id, file, options) {
  /** @type {QueuedUpload} */
  const state = {
    id,
    file,
    status: "queued",
    loaded: 0,
    document: null,
    error: null,
    isFinished: false,
    canCancel: true,
    canRetry: false,
  };
  return { state, options, removal: new AbortController(), upload: null, end: null, isPaused: false };
}

/**
 * @param {Entry} entry
 * @param {boolean} isPaused
 */
function setPaused(entry, isPaused) {
  entry.isPaused = isPaused;
  if (isPaused) entry.upload?.pause();
  else entry.upload?.resume();
}

/** Returns true when all bytes have arrived, or none is left to send. @param {QueuedUpload} state */
function isSent({ status, isFinished }) {
  return isFinished || status === "checking" || status === "completing";
}

/** @param {number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
