/** One upload, new or resumed, from the file to the checked document. */

import { describeFile } from "./describe-file.js";
import { detectContentType } from "./detect-type.js";
import { AirlockError, hasCode, hasStatus } from "./errors.js";
import { computeFingerprint } from "./fingerprint.js";
import { decidePartChecksums } from "./part-checksums.js";
import { choosePartSize, isSentInParts, MIN_SIZE_IN_PARTS } from "./part-size.js";
import { createIdempotencyKey, retry } from "./retry.js";
import { transferBytes } from "./strategies.js";

/** @import { AcceptedFiles } from "./accepted-files.js" */
/** @import { Api } from "./api.js" */
/** @import { CreateInBatch } from "./create-batches.js" */
/** @import { DocumentPoller } from "./document-poller.js" */
/** @import { Fingerprint } from "./fingerprint.js" */
/** @import { LineSpeed } from "./line-speed.js" */
/** @import { PauseController } from "./pause-controller.js" */
/** @import { ResumableUploads, UploadSession } from "./resumable-uploads.js" */
/** @import { RequestFailures } from "./request-failures.js" */
/** @import { Semaphore } from "./semaphore.js" */
/** @import { SendWindow } from "./send-window.js" */
/** @import { AirlockDocument, UploadOptions, UploadStatus } from "./types.js" */

const MAX_ATTEMPTS = 8;
/** The user may have to sign in before the call, and may not do so. */
const ABORT_TIMEOUT_MS = 40_000;
/** Codes of a document that takes no more bytes, so that the next upload of the file is a new one. */
const ENDED_CODES = ["upload_expired", "document_not_found", "invalid_state"];

/**
 * @typedef {object} UploaderDeps  What all uploads share, but for `createInBatch`.
 * @property {Api} api
 * @property {AcceptedFiles} acceptedFiles
 * @property {ResumableUploads} resumableUploads
 * @property {Semaphore} connections
 * @property {DocumentPoller} poller
 * @property {RequestFailures} failures  Of the storage.
 * @property {LineSpeed} speed
 * @property {SendWindow} sendWindow
 * @property {CreateInBatch | null} createInBatch  Null for a document that is created alone.
 */

export class Uploader {
  #deps;
  #api;
  #resumableUploads;
  #file;
  #options;
  #pause;
  #signal;
  #key;
  #isInParts;
  /** Decided once, because a repeated create must be the same. @type {boolean | null} */
  #partChecksums = null;
  #isRetry = false;
  /** True when the batch had no document for this file. */
  #isAlone = false;

  /**
   * @param {UploaderDeps} deps
   * @param {File} file
   * @param {UploadOptions} options
   * @param {PauseController} pause
   */
  constructor(deps, file, options, pause) {
    this.#deps = deps;
    this.#api = deps.api;
    this.#resumableUploads = deps.resumableUploads;
    this.#file = file;
    this.#options = options;
    this.#pause = pause;
    this.#signal = options.signal ?? new AbortController().signal;
    this.#key = options.idempotencyKey ?? createIdempotencyKey();
    // Under a key of the page, only the size decides, because the speed may have changed since the first create.
    const speed = options.idempotencyKey === undefined ? deps.speed.bytesPerSecond : Infinity;
    this.#isInParts = deps.createInBatch === null && isSentInParts(file.size, speed);
  }

  /**
   * Runs the upload, or after an error runs it again with the same document.
   * @param {() => void} [onSent]  Called when all bytes have arrived.
   * @returns {Promise<AirlockDocument>}
   */
  async run(onSent = () => {}) {
    this.#signal.throwIfAborted();
    this.#emit("preparing", null);
    const fingerprint = this.#mayResume ? await computeFingerprint(this.#file) : null;
    try {
      return (await this.#resume(fingerprint, onSent)) ?? (await this.#create(fingerprint, onSent));
    } finally {
      this.#isRetry = true;
    }
  }

  /** True for a file that a page may have begun to send in parts. */
  get #mayResume() {
    return !this.#deps.createInBatch && this.#file.size > MIN_SIZE_IN_PARTS;
  }

  /**
   * Continues an earlier upload of this file. Returns null without one.
   * @param {Fingerprint | null} fingerprint
   * @param {() => void} onSent
   * @returns {Promise<AirlockDocument | null>}
   */
  async #resume(fingerprint, onSent) {
    if (!fingerprint) return null;
    const options = { signal: this.#signal, onWait: () => this.#emit("locked", null) };
    return this.#resumableUploads.resume(fingerprint, options, (session) => this.#finish(session, onSent, true));
  }

  /**
   * Creates a document, and uploads its bytes.
   * @param {Fingerprint | null} fingerprint
   * @param {() => void} onSent
   * @returns {Promise<AirlockDocument>}
   */
  async #create(fingerprint, onSent) {
    const session = await this.#createWithOthers();
    if (session) return this.#finish(session, onSent, false);
    const contentType = await detectContentType(this.#file);
    await this.#deps.acceptedFiles.check(this.#file, contentType, this.#options.kind, this.#signal);
    const parts = this.#isInParts ? await this.#chooseParts() : null;
    const body = await describeFile(this.#file, contentType, this.#options, parts);
    // Known before the document is created, which a cancelled upload must abort.
    const file = fingerprint && { ...fingerprint, owner: await this.#api.getUser(this.#signal) };
    const key = parts?.partChecksums ? `${this.#key}-parts` : this.#key; // another body needs another key
    const post = async () => (await this.#postDocument(body, key)).data;
    const { document, upload } = await post();
    const renew = async () => (await post()).upload;
    if (upload?.method !== "MULTIPART") return this.#finish({ document, upload, renew }, onSent, this.#isInParts);
    const multipart = { ...upload, partChecksums: parts?.partChecksums ?? false };
    const finish = () => this.#finish({ document, upload: multipart, renew }, onSent, true);
    return this.#resumableUploads.add(file, document, multipart, finish);
  }

  async #chooseParts() {
    const { bytesPerSecond } = this.#deps.speed;
    this.#partChecksums ??= await decidePartChecksums(this.#file, this.#options.checksum ?? "auto", bytesPerSecond);
    return { partSize: choosePartSize(this.#file.size, bytesPerSecond), partChecksums: this.#partChecksums };
  }

  /** Returns null for a document that is created alone. */
  async #createWithOthers() {
    const { createInBatch } = this.#deps;
    if (!createInBatch || this.#isAlone) return null;
    const onWait = () => this.#emit("waiting", null);
    const session = await createInBatch({ onWait, isRetry: this.#isRetry });
    this.#isAlone = session === null;
    return session;
  }

  /**
   * Posts without the signal, because a cancelled upload must abort the document that the response names.
   * @param {unknown} body
   * @param {string} key
   */
  #postDocument(body, key) {
    const request = { body, headers: { "idempotency-key": key }, tokenSignal: this.#signal };
    const post = () => this.#api.callOnce("POST", "/documents", request);
    const onWait = () => this.#emit("waiting", null);
    return retry(post, { attempts: MAX_ATTEMPTS, signal: this.#signal, onWait });
  }

  /**
   * @param {UploadSession} session
   * @param {() => void} onSent
   * @param {boolean} isMultipart
   */
  async #finish(session, onSent, isMultipart) {
    const { id } = session.document;
    try {
      const document = await this.#transferAndWait(session, onSent, isMultipart);
      this.#resumableUploads.remove(id);
      return document;
    } catch (error) {
      if (this.#signal.aborted) await this.#abort(id);
      else if (hasCode(error, ...ENDED_CODES)) this.#resumableUploads.remove(id);
      throw error;
    }
  }

  /**
   * Aborts the document. Without a connection or a session the upload stays resumable, and the next page offers it.
   * @param {string} id
   */
  async #abort(id) {
    const signal = AbortSignal.timeout(ABORT_TIMEOUT_MS);
    try {
      await this.#api.callOnce("POST", `/documents/${id}/abort`, { signal });
    } catch (error) {
      if (!(error instanceof AirlockError) || hasStatus(error, 0, 401)) return;
    }
    this.#resumableUploads.remove(id);
  }

  /**
   * @param {UploadSession} session
   * @param {() => void} onSent
   * @param {boolean} isMultipart
   */
  async #transferAndWait({ document, upload, renew }, onSent, isMultipart) {
    const signal = this.#signal;
    signal.throwIfAborted();
    const rest = await this.#omitStoredParts(document, upload);
    const delay = rest ? await this.#transfer(document, rest, renew) : 0;
    onSent();
    this.#emit("checking", document);
    const { onStatus } = this.#options;
    return this.#deps.poller.waitForDocument(document.id, { signal, onStatus, delay, isMultipart });
  }

  /**
   * Returns the upload with the parts that S3 has stored, which a repeated create does not list; null when it has ended or
   * is being completed.
   * @param {AirlockDocument} document
   * @param {any} upload
   */
  async #omitStoredParts({ id }, upload) {
    if (!this.#isRetry || upload?.method !== "MULTIPART" || upload.uploaded) return upload;
    const parts = await this.#resumableUploads.getParts(id, this.#signal);
    return parts && { ...upload, ...parts };
  }

  /**
   * @param {AirlockDocument} document
   * @param {any} upload
   * @param {UploadSession["renew"]} renew
   */
  #transfer(document, upload, renew) {
    const [file, total] = [this.#file, this.#file.size];
    return transferBytes({
      ...this.#deps,
      file,
      document,
      upload,
      renew,
      pause: this.#pause,
      signal: this.#signal,
      onStatus: (status) => this.#emit(status, document),
      onProgress: (loaded) => this.#options.onProgress?.({ loaded, total }),
    });
  }

  /**
   * @param {UploadStatus} status
   * @param {AirlockDocument | null} document
   */
  #emit(status, document) {
    this.#options.onStatus?.(status, document);
  }
}
