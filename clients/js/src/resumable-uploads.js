/**
 * Multipart uploads that were started and have not ended. They are stored in this browser, so that a new page can
 * resume them.
 */

import { hasStatus } from "./errors.js";
import { isSameFile } from "./fingerprint.js";
import { MAX_ATTEMPTS } from "./retry.js";
import * as storage from "./storage.js";
import { listHeldLocks, withLock } from "./with-lock.js";

/** @import { Api } from "./api.js" */
/** @import { Fingerprint } from "./fingerprint.js" */
/** @import { UploadedPart } from "./parts.js" */
/** @import { AirlockDocument, ResumableUpload } from "./types.js" */

/**
 * @typedef {object} UploadSession  An upload that only this page continues.
 * @property {AirlockDocument} document
 * @property {any} upload  Null when all bytes have arrived.
 * @property {() => Promise<any>} renew  See Transfer.
 */

/**
 * @typedef {Fingerprint & {id: string, owner: string, endpoint: string, partChecksums: boolean, expiresAt: string}}
 *   StoredUpload
 */

const PREFIX = "upload.";

export class ResumableUploads {
  #api;
  #endpoint;

  /**
   * @param {Api} api
   * @param {string} endpoint
   */
  constructor(api, endpoint) {
    this.#api = api;
    this.#endpoint = endpoint;
  }

  /**
   * Returns the current user's uploads that no tab is sending, newest first.
   * @param {Fingerprint | null} [fingerprint]  Limits the list to uploads of this file.
   * @returns {Promise<ResumableUpload[]>}
   */
  async list(fingerprint) {
    const lockedIds = await listHeldLocks();
    const idle = (await this.#load(fingerprint)).filter(({ id }) => !lockedIds.has(id));
    const uploads = await Promise.all(idle.map((stored) => this.#loadProgress(stored)));
    return uploads.filter((upload) => upload !== null).reverse();
  }

  /**
   * Returns true if an upload of a file like this one, by its name, size and time, may continue.
   * @param {File} file
   */
  mayResume({ name, size, lastModified }) {
    /** @type {StoredUpload[]} */
    const all = storage.loadAll(PREFIX);
    return all.some((stored) => isSameFile(stored, { ...stored, fileName: name, size, lastModified }));
  }

  /**
   * Resumes the upload that was started with this file: waits until no other tab is sending it, and runs the callback.
   * Returns null when there is no such upload.
   * @template T
   * @param {Fingerprint} fingerprint
   * @param {{signal: AbortSignal, onWait: () => void}} options
   * @param {(session: UploadSession) => Promise<T>} callback
   * @returns {Promise<T | null>}
   */
  async resume(fingerprint, { signal, onWait }, callback) {
    for (const stored of await this.#load(fingerprint, signal)) {
      const result = await withLock(stored.id, { signal, onWait }, async () => {
        const session = await this.#loadSession(stored, signal);
        if (session) return callback(session);
        this.remove(stored.id);
        return null;
      });
      if (result !== null) return result;
    }
    return null;
  }

  /**
   * Runs the callback for a new upload, which other pages can resume while it has not ended.
   * @template T
   * @param {(Fingerprint & {owner: string}) | null} file  Null when the upload cannot be resumed.
   * @param {AirlockDocument} document
   * @param {{partChecksums: boolean, lastExpiresAt: string}} upload
   * @param {() => Promise<T>} callback
   * @returns {Promise<T>}
   */
  add(file, { id }, { partChecksums, lastExpiresAt: expiresAt }, callback) {
    return withLock(id, {}, () => {
      if (file) storage.save(PREFIX + id, { ...file, id, endpoint: this.#endpoint, partChecksums, expiresAt });
      return callback();
    });
  }

  /** Removes an upload that has ended. @param {string} id */
  remove(id) {
    storage.remove(PREFIX + id);
  }

  /**
   * @param {Fingerprint | null} [fingerprint]
   * @param {AbortSignal} [signal]
   * @returns {Promise<StoredUpload[]>}
   */
  async #load(fingerprint, signal) {
    /** @type {StoredUpload[]} */
    const all = storage.loadAll(PREFIX);
    for (const { id } of all.filter(({ expiresAt }) => Date.parse(expiresAt) < Date.now())) this.remove(id);
    const user = await this.#api.getUser(signal);
    const own = all.filter(({ owner, endpoint }) => owner === user && endpoint === this.#endpoint);
    return fingerprint ? own.filter((stored) => isSameFile(stored, fingerprint)) : own;
  }

  /**
   * @param {StoredUpload} stored
   * @returns {Promise<ResumableUpload | null>}
   */
  async #loadProgress({ id, fileName, size }) {
    const parts = await this.getParts(id);
    if (!parts) {
      this.remove(id);
      return null;
    }
    const uploadedBytes = parts.uploaded.reduce((bytes, part) => bytes + part.size, 0);
    return { id, fileName, size, uploadedBytes };
  }

  /**
   * Returns null when there is nothing to resume.
   * @param {StoredUpload} stored
   * @param {AbortSignal} signal
   * @returns {Promise<UploadSession | null>}
   */
  async #loadSession({ id, partChecksums }, signal) {
    const document = await this.#get(`/documents/${id}`, signal);
    if (!document) return null;
    const renew = async () => null;
    if (document.status === "processing" || document.status === "ready") return { document, upload: null, renew };
    if (document.status !== "pending") return null;
    // Parts that S3 has extend a deadline that has passed, so only the server knows whether the upload can go on.
    const parts = await this.getParts(id, signal);
    if (!parts && Date.parse(document.expiresAt) < Date.now()) return null;
    return { document, upload: parts && { ...parts, method: "MULTIPART", partChecksums }, renew };
  }

  /**
   * Returns the parts that S3 has stored, or null when the upload has ended or is being completed.
   * @param {string} id
   * @param {AbortSignal} [signal]
   * @returns {Promise<{partSize: number, partCount: number, uploaded: UploadedPart[]} | null>}
   */
  getParts(id, signal) {
    return this.#get(`/documents/${id}/parts`, signal);
  }

  /**
   * Returns null for a document that is not there, or takes no more parts.
   * @param {string} path
   * @param {AbortSignal} [signal]
   */
  async #get(path, signal) {
    try {
      return (await this.#api.call("GET", path, { signal, attempts: MAX_ATTEMPTS })).data;
    } catch (error) {
      if (hasStatus(error, 404, 409, 410)) return null;
      throw error;
    }
  }
}
