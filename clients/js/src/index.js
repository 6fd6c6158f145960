/**
 * The upload client: takes a File, and returns a checked document.
 *
 *     const airlock = new Airlock({ endpoint, getToken });
 *     const upload = airlock.upload(file, { onProgress: ({ loaded, total }) => ... });
 *     upload.pause();
 *     upload.resume();
 *     const document = await upload;
 *     if (document.status === "ready") location.href = (await airlock.download(document.id)).url;
 *
 * Bytes go straight to S3, those of large files in several parts in parallel. The client recovers from lost
 * connections, lost responses and expired URLs, and never creates a second document for one upload. After a reload, a
 * crash or a restart, upload() of the same file resumes it. Plain ES modules, without dependencies.
 */

import { AcceptedFiles } from "./accepted-files.js";
import { Api } from "./api.js";
import { MAX_CONNECTIONS } from "./concurrency-controller.js";
import { CreateBatches } from "./create-batches.js";
import { DocumentPoller } from "./document-poller.js";
import { computeFingerprint } from "./fingerprint.js";
import { LineSpeed } from "./line-speed.js";
import { isSentInParts } from "./part-size.js";
import { PauseController } from "./pause-controller.js";
import { PushSocket } from "./push-socket.js";
import { findStorageCause, RequestFailures } from "./request-failures.js";
import { ResumableUploads } from "./resumable-uploads.js";
import { Semaphore } from "./semaphore.js";
import { SendWindow } from "./send-window.js";
import { Uploader } from "./uploader.js";

export { guessContentType } from "./detect-type.js";
export { findWaitingStep, isInProgress } from "./document-status.js";
export { AirlockError } from "./errors.js";
export { MIN_SIZE_IN_PARTS, MULTIPART_THRESHOLD } from "./part-size.js";
export { createIdempotencyKey } from "./retry.js";
export { Semaphore } from "./semaphore.js";

/** @typedef {import("./types.js").AirlockDocument} AirlockDocument */
/** @typedef {import("./types.js").DeleteResult} DeleteResult */
/** @typedef {import("./types.js").DocumentChange} DocumentChange */
/** @typedef {import("./types.js").DocumentChanges} DocumentChanges */
/** @typedef {import("./types.js").DocumentList} DocumentList */
/** @typedef {import("./types.js").Download} Download */
/** @typedef {import("./types.js").FileToUpload} FileToUpload */
/** @typedef {import("./types.js").Kinds} Kinds */
/** @typedef {import("./types.js").Usage} Usage */
/** @typedef {import("./types.js").ListQuery} ListQuery */
/** @typedef {import("./types.js").Rendition} Rendition */
/** @typedef {import("./types.js").ResumableUpload} ResumableUpload */
/** @typedef {import("./types.js").Status} Status */
/** @typedef {import("./types.js").Step} Step */
/** @typedef {import("./types.js").Upload} Upload */
/** @typedef {import("./types.js").UploadOptions} UploadOptions */
/** @typedef {import("./types.js").UploadStatus} UploadStatus */

export class Airlock {
  #api;
  #resumableUploads;
  #poller;
  #socket;
  #connections = new Semaphore(MAX_CONNECTIONS);
  #storageFailures = new RequestFailures(findStorageCause);
  #speed = new LineSpeed();
  #sendWindow = new SendWindow(this.#speed);
  #acceptedFiles;

  /**
   * @param {object} options
   * @param {string} options.endpoint  URL of the API.
   * @param {(options?: {fresh?: boolean}) => Promise<string>} options.getToken  Returns the access token; `fresh` asks
   *   for a new one, because the API may have refused the current one, or it is about to expire. Calls wait until the
   *   promise is settled, so that it may resolve when the user has signed in again. A rejection ends them with
   *   `sign_in_required`, that of a failed `fetch` with `network`.
   */
  constructor({ endpoint, getToken }) {
    this.#api = new Api(endpoint, getToken);
    this.#acceptedFiles = new AcceptedFiles(this.#api);
    this.#socket = new PushSocket(this.#api, this.#acceptedFiles);
    this.#poller = new DocumentPoller(this.#api, this.#socket);
    this.#resumableUploads = new ResumableUploads(this.#api, endpoint);
  }

  /**
   * Uploads a file. Resolves with the document once it is ready, rejected, or has another final status.
   * Throws AirlockError, or the signal's reason.
   *
   * The promise has `pause()` and `resume()`. After a pause, an upload in one request starts again; an upload in parts
   * sends again at most the parts that were in flight. After an error, `retry()` returns the promise of another attempt
   * with the same document and options: what has arrived is not sent again.
   * @param {File} file
   * @param {UploadOptions} [options]
   * @returns {Upload}
   */
  upload(file, options = {}) {
    const pause = new PauseController();
    const uploader = this.#createUploader(file, options, pause, null);
    return startUpload(() => uploader.run(), pause);
  }

  /**
   * Uploads several files, a few at a time, and creates their documents in batches shortly before they are sent. Returns
   * one promise for each file, like that of `upload`, so that one failure does not end the others. A file makes room for
   * the next one as soon as its bytes are sent, with the status `checking`.
   * @param {FileToUpload[]} files
   * @param {object} [options]
   * @param {number} [options.limit]  Files sent in parallel.
   * @param {Semaphore} [options.slots]  Shares the limit with other calls.
   * @returns {Upload[]}
   */
  uploadAll(files, { limit = 3, slots = new Semaphore(limit) } = {}) {
    const batches = new CreateBatches(this.#api, this.#acceptedFiles);
    return files.map(({ file, priority, ...options }) => {
      const pause = new PauseController();
      const entry = this.#isSentAlone(file) ? null : batches.add(file, options);
      const uploader = this.#createUploader(file, options, pause, entry?.create ?? null);
      const run = () => runInSlot(slots, uploader, options.signal, priority);
      return startUpload(() => run().finally(entry?.waitUntilAborted), pause);
    });
  }

  /** Returns true for a file in parts, and for one that an earlier page began to send in parts. @param {File} file */
  #isSentAlone(file) {
    return isSentInParts(file.size, this.#speed.bytesPerSecond) || this.#resumableUploads.mayResume(file);
  }

  /**
   * Returns the uploads that this user started in this browser and that no tab is sending. upload() of the same file
   * resumes one.
   * @param {File} [file]  Limits the list to uploads of this unchanged file.
   * @returns {Promise<ResumableUpload[]>}
   */
  async resumableUploads(file) {
    const fingerprint = file && (await computeFingerprint(file));
    return fingerprint === null ? [] : this.#resumableUploads.list(fingerprint);
  }

  /**
   * Waits until the document has a final status. `onStatus` receives the document after each poll, with its `steps`.
   * @param {string} id
   * @param {Pick<UploadOptions, "signal" | "onStatus">} [options]
   * @returns {Promise<AirlockDocument>}
   */
  waitForDocument(id, { signal, onStatus } = {}) {
    return this.#poller.waitForDocument(id, { signal, onStatus });
  }

  /**
   * Yields the changes of the user's documents at once, those of other tabs and machines too:
   *
   *     for await (const change of airlock.events({ signal })) {
   *       if (change.type === "connected") await reload();
   *       else show(await airlock.get(change.id));
   *     }
   *
   * `connected` comes first, and again after each lost connection: changes may have been missed before it, so read then
   * what you show. Ends at once if the deployment has no push. Throws AirlockError `sign_in_required`, or the signal's
   * reason. Every other fault is repaired meanwhile. Breaking the loop closes the connection.
   * @param {{signal?: AbortSignal}} [options]
   * @returns {AsyncGenerator<DocumentChange | {type: "connected"}, void, void>}
   */
  async *events({ signal } = {}) {
    const { listChanges } = await import("./document-changes.js");
    yield* listChanges(this.#socket, signal);
  }

  /**
   * Returns what the deployment accepts: its kinds, and the limits of the user.
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<Kinds>}
   */
  async kinds({ signal } = {}) {
    return (await this.#api.call("GET", "/kinds", { signal })).data;
  }

  /**
   * Returns what the user holds, the limits, and what is left today.
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<Usage>}
   */
  async usage({ signal } = {}) {
    return (await this.#api.call("GET", "/usage", { signal })).data;
  }

  /**
   * Lists the user's documents, newest first.
   * @param {ListQuery & {signal?: AbortSignal}} [query]
   * @returns {Promise<DocumentList>}
   */
  async list({ signal, ...query } = {}) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    const parameters = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
    return (await this.#api.call("GET", given.length ? `/documents?${parameters}` : "/documents", { signal })).data;
  }

  /**
   * @param {string} id
   * @returns {Promise<AirlockDocument>}
   */
  async get(id) {
    return (await this.#api.call("GET", `/documents/${encodeURIComponent(id)}`)).data;
  }

  /**
   * Changes the file name, the title or the metadata. Throws AirlockError `precondition_failed` if the document is no
   * longer the one with the etag `ifMatch`. Without `ifMatch`, the change is made to any revision. Idempotent.
   * @param {string} id
   * @param {DocumentChanges} changes
   * @param {{ifMatch?: string, signal?: AbortSignal}} [options]
   * @returns {Promise<AirlockDocument>}
   */
  async update(id, changes, { ifMatch, signal } = {}) {
    const headers = ifMatch === undefined ? undefined : { "if-match": ifMatch };
    const request = { body: changes, headers, signal };
    return (await this.#api.call("PATCH", `/documents/${encodeURIComponent(id)}`, request)).data;
  }

  /**
   * Returns a presigned URL to the bytes of a ready document, or to those of one of its renditions.
   * @param {string} id
   * @param {{disposition?: "attachment" | "inline", rendition?: string, signal?: AbortSignal}} [options]
   * @returns {Promise<Download>}
   */
  async download(id, { disposition = "attachment", rendition, signal } = {}) {
    const query = new URLSearchParams({ disposition, ...(rendition !== undefined && { rendition }) });
    return (await this.#api.call("GET", `/documents/${encodeURIComponent(id)}/download?${query}`, { signal })).data;
  }

  /**
   * Returns the signed manifest of a ready document: a JWS in the compact form. Requires a deployment that signs manifests.
   * @param {string} id
   * @returns {Promise<string>}
   */
  async manifest(id) {
    return (await this.#api.call("GET", `/documents/${encodeURIComponent(id)}/manifest`)).text;
  }

  /**
   * Aborts the upload of a document that waits for its bytes. Idempotent.
   * @param {string} id
   */
  async abort(id) {
    await this.#api.call("POST", `/documents/${encodeURIComponent(id)}/abort`);
    this.#resumableUploads.remove(id);
  }

  /**
   * @param {File} file
   * @param {UploadOptions} options
   * @param {PauseController} pause
   * @param {import("./create-batches.js").CreateInBatch | null} createInBatch
   */
  #createUploader(file, options, pause, createInBatch) {
    const deps = {
      api: this.#api,
      resumableUploads: this.#resumableUploads,
      connections: this.#connections,
      poller: this.#poller,
      failures: this.#storageFailures,
      speed: this.#speed,
      sendWindow: this.#sendWindow,
      acceptedFiles: this.#acceptedFiles,
      createInBatch,
    };
    return new Uploader(deps, file, options, pause);
  }

  /**
   * Deletes up to 100 documents in one call. Returns one result for each id, with a `problem` if it was not deleted.
   * @param {string[]} ids
   * @returns {Promise<DeleteResult[]>}
   */
  async deleteAll(ids) {
    return (await this.#api.call("POST", "/documents/batch-delete", { body: { ids } })).data.results;
  }

  /**
   * Deletes a document that is not in progress; it can be restored until its `expiresAt`. Idempotent.
   * @param {string} id
   */
  async delete(id) {
    await this.#api.call("DELETE", `/documents/${encodeURIComponent(id)}`);
  }

  /**
   * Restores a deleted document to its previous state.
   * @param {string} id
   * @returns {Promise<AirlockDocument>}
   */
  async restore(id) {
    return (await this.#api.call("POST", `/documents/${encodeURIComponent(id)}/restore`)).data;
  }
}

/**
 * @param {() => Promise<AirlockDocument>} run
 * @param {PauseController} pause
 * @returns {Upload}
 */
function startUpload(run, pause) {
  const retry = () => startUpload(run, pause);
  return Object.assign(run(), { pause: () => pause.pause(), resume: () => pause.resume(), retry });
}

/**
 * Starts the upload when a slot is free, and frees the slot when its bytes are sent or it ends.
 * @param {Semaphore} slots
 * @param {Uploader} uploader
 * @param {AbortSignal} [signal]
 * @param {number} [priority]
 */
async function runInSlot(slots, uploader, signal = new AbortController().signal, priority = 0) {
  const run = async () => {
    const { promise: sent, resolve: onSent } = Promise.withResolvers();
    const upload = uploader.run(() => onSent(null));
    await Promise.race([upload, sent]);
    return { upload }; // an object, because the slot would otherwise stay taken until the promise in it resolves
  };
  const started = await slots.run(run, signal, priority);
  return started.upload;
}
