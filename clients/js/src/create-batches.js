/**
 * Creates the documents of several files in batches, each shortly before its first file is sent.
 *
 * Files in parts are not in batches: an earlier upload of such a file may continue, and few of them make one call each.
 */

import { describeFile } from "./describe-file.js";
import { detectContentType } from "./detect-type.js";
import { createItemError } from "./errors.js";
import { createIdempotencyKey, retry } from "./retry.js";
import { waitFor } from "./wait.js";

/** @import { AcceptedFiles } from "./accepted-files.js" */
/** @import { Api } from "./api.js" */
/** @import { UploadSession } from "./resumable-uploads.js" */
/** @import { UploadOptions } from "./types.js" */

/** The API's limit. */
const MAX_FILES = 50;
/** Bytes of a batch. Its files are hashed before the first is sent, so this takes about a second. */
const MAX_BYTES = 256 * 1024 ** 2;
const MAX_ATTEMPTS = 8;
/** Older URLs are renewed before they are used; they are valid for up to 15 minutes. */
const STALE_MS = 10 * 60_000;

/**
 * @typedef {object} CreateOptions
 * @property {() => void} onWait  Called before each wait for another attempt.
 * @property {boolean} isRetry  True when an upload of the document has failed.
 */

/**
 * @typedef {(options: CreateOptions) => Promise<UploadSession | null>} CreateInBatch  Returns null for a document that
 *   must be created alone, because the batch had no room for it.
 */

/**
 * @typedef {object} BatchEntry
 * @property {CreateInBatch} create
 * @property {() => Promise<void>} waitUntilAborted  Resolves when the document of a file that was cancelled before its
 *   upload began is aborted.
 */

/**
 * @typedef {object} Entry
 * @property {File} file
 * @property {UploadOptions} options
 * @property {Batch | null} batch  Null while the file is in none.
 * @property {boolean} isTaken  True when its upload has begun, which then aborts the document itself.
 * @property {number} takenAt  Milliseconds since 1970.
 * @property {Promise<void>} aborted
 */

export class CreateBatches {
  #api;
  #acceptedFiles;
  /** @type {Entry[]} */
  #waiting = [];

  /**
   * @param {Api} api
   * @param {AcceptedFiles} acceptedFiles
   */
  constructor(api, acceptedFiles) {
    this.#api = api;
    this.#acceptedFiles = acceptedFiles;
  }

  /**
   * Adds a file that is sent in one request. Returns null for a file that is created alone, with a key of its own.
   * @param {File} file
   * @param {UploadOptions} options
   * @returns {BatchEntry | null}
   */
  add(file, options) {
    if (options.idempotencyKey !== undefined || options.signal?.aborted) return null;
    /** @type {Entry} */
    const entry = { file, options, batch: null, isTaken: false, takenAt: 0, aborted: Promise.resolve() };
    this.#waiting.push(entry);
    options.signal?.addEventListener("abort", () => this.#cancel(entry), { once: true });
    const create = (/** @type {CreateOptions} */ createOptions) => {
      entry.batch ??= this.#start(entry);
      return entry.batch.create(entry, createOptions);
    };
    return { create, waitUntilAborted: () => entry.aborted };
  }

  /** Starts a batch of the entry and of those that come after it. @param {Entry} first */
  #start(first) {
    const entries = [first];
    let bytes = first.file.size;
    for (const entry of this.#waiting.slice(this.#waiting.indexOf(first) + 1)) {
      bytes += entry.file.size;
      if (entries.length === MAX_FILES || bytes > MAX_BYTES) break;
      entries.push(entry);
    }
    this.#waiting = this.#waiting.filter((entry) => !entries.includes(entry));
    const batch = new Batch(this.#api, this.#acceptedFiles, entries);
    for (const entry of entries) entry.batch = batch;
    return batch;
  }

  /** Aborts the document of a file that is cancelled before its upload begins. @param {Entry} entry */
  #cancel(entry) {
    this.#waiting = this.#waiting.filter((waiting) => waiting !== entry);
    if (!entry.isTaken && entry.batch) entry.aborted = entry.batch.abort(entry);
  }
}

class Batch {
  #api;
  #acceptedFiles;
  #entries;
  #key = createIdempotencyKey();
  /** @type {Promise<Map<Entry, any>>} */
  #described;
  /** @type {Promise<Map<Entry, any>>} */
  #results;
  #receivedAt = 0;
  /** The running repetition of the call. @type {Promise<Map<Entry, any>> | null} */
  #renewal = null;
  /** @type {Set<() => void>} */
  #listeners = new Set();

  /**
   * @param {Api} api
   * @param {AcceptedFiles} acceptedFiles
   * @param {Entry[]} entries
   */
  constructor(api, acceptedFiles, entries) {
    this.#api = api;
    this.#acceptedFiles = acceptedFiles;
    this.#entries = entries;
    this.#described = this.#describe();
    this.#results = this.#post();
    this.#results.catch(() => {}); // each entry that is created throws it
  }

  /**
   * @param {Entry} entry
   * @param {CreateOptions} options
   * @returns {Promise<UploadSession | null>}
   */
  async create(entry, { onWait, isRetry }) {
    this.#listeners.add(onWait);
    try {
      const result = await waitFor(this.#getResult(entry, isRetry), entry.options.signal);
      // A problem may be over at the next attempt, which the batch would repeat under its key.
      if (result.problem && (isRetry || createItemError(result.problem).temporary)) return null;
      const { document, upload } = readResult(result);
      entry.isTaken = true;
      return { document, upload, renew: async () => readResult(await this.#renew(entry)).upload };
    } finally {
      entry.takenAt = Date.now();
      this.#listeners.delete(onWait);
    }
  }

  /**
   * Returns the result of the entry, from another call when its URL is stale, or when its upload has failed since.
   * @param {Entry} entry
   * @param {boolean} isRetry
   */
  async #getResult(entry, isRetry) {
    if (isRetry && entry.takenAt >= this.#receivedAt) return this.#renew(entry);
    const result = (await this.#results).get(entry);
    return result.upload && Date.now() - this.#receivedAt > STALE_MS ? this.#renew(entry) : result;
  }

  /**
   * Aborts the document of the entry. While the batch is being created, returns at once and aborts it later.
   * @param {Entry} entry
   */
  async abort(entry) {
    const aborted = this.#abort(entry);
    if (this.#receivedAt > 0) await aborted;
  }

  /** @param {Entry} entry */
  async #abort(entry) {
    const result = await this.#results.then((results) => results.get(entry)).catch(() => null);
    if (result?.document) await this.#api.callOnce("POST", `/documents/${result.document.id}/abort`).catch(() => {});
  }

  /** Describes the files one after the other, because hashing holds each in memory. Errors are results too. */
  async #describe() {
    const described = new Map();
    for (const entry of this.#entries) {
      described.set(entry, await this.#describeFile(entry).catch((error) => ({ error })));
    }
    return described;
  }

  /** @param {Entry} entry */
  async #describeFile({ file, options }) {
    const contentType = await detectContentType(file);
    await this.#acceptedFiles.check(file, contentType, options.kind);
    return describeFile(file, contentType, options);
  }

  /** Posts the same request each time, so the same documents return with new URLs. */
  async #post() {
    const described = await this.#described;
    const valid = this.#entries.filter((entry) => !described.get(entry).error);
    const results = new Map(described);
    if (valid.length === 0) return results;
    const body = { documents: valid.map((entry) => described.get(entry)) };
    const headers = { "idempotency-key": this.#key };
    const post = () => this.#api.callOnce("POST", "/documents/batch", { body, headers });
    const onWait = () => this.#listeners.forEach((listener) => listener());
    const { data } = await retry(post, { attempts: MAX_ATTEMPTS, onWait });
    this.#receivedAt = Date.now();
    valid.forEach((entry, index) => results.set(entry, data.results[index]));
    return results;
  }

  /** Repeats the call once for all files that ask for it meanwhile. @param {Entry} entry */
  async #renew(entry) {
    this.#renewal ??= this.#post().finally(() => (this.#renewal = null));
    const results = await this.#renewal;
    this.#results = Promise.resolve(results);
    return results.get(entry);
  }
}

/** Returns the result of a create, or throws its error. @param {any} result */
function readResult(result) {
  if (result.error) throw result.error;
  if (result.problem) throw createItemError(result.problem);
  return result;
}
