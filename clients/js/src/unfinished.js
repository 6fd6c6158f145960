/** Uploads in parts that were begun and have not ended: remembered in this browser, so that a new page can go on. */

import { enter, entered } from "./exclusive.js";
import { isSame } from "./fingerprint.js";
import * as memory from "./memory.js";
import { ATTEMPTS } from "./retry.js";

/** @import { Api } from "./api.js" */
/** @import { Fingerprint } from "./fingerprint.js" */
/** @import { AirlockDocument, UnfinishedUpload } from "./types.js" */

/**
 * @typedef {object} Begun  An upload that this page, and no other, goes on with.
 * @property {AirlockDocument} document
 * @property {any} upload  Null when its bytes are there.
 * @property {() => Promise<any>} renew  See Transfer.
 * @property {() => void} release  To be called at the end: another tab may wait for it.
 */

/** @typedef {Fingerprint & {id: string, owner: string, endpoint: string, partChecksums: boolean, expiresAt: string}} Note */

/** What the API says of a document that takes no more parts, or is not there. */
const OVER = new Set([404, 409, 410]);
const NOTES = "upload.";

export class Unfinished {
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
   * Those of the present user that no tab is at, newest first, with what S3 holds of them.
   * @param {Fingerprint | null} [file]  Only those that were begun with this file.
   * @returns {Promise<UnfinishedUpload[]>}
   */
  async list(file) {
    const busy = await entered();
    const notes = (await this.#notes(file)).filter(({ id }) => !busy.has(id));
    const found = await Promise.all(notes.map((note) => this.#held(note)));
    return found.filter((upload) => upload !== null).reverse();
  }

  /**
   * The upload that was begun with this file, if there is one; waits until no other tab is at it.
   * @param {Fingerprint} file
   * @param {object} options
   * @param {AbortSignal} options.signal
   * @param {() => void} options.onWait
   * @returns {Promise<Begun | null>}
   */
  async find(file, { signal, onWait }) {
    for (const note of await this.#notes(file)) {
      const begun = await this.#goOn(note, signal, onWait);
      if (begun) return begun;
    }
    return null;
  }

  /**
   * Remembers a new upload in parts.
   * @param {Fingerprint | null} file
   * @param {AirlockDocument} document
   * @param {{partChecksums: boolean, lastExpiresAt: string}} upload
   * @returns {Promise<() => void>} To be called at its end.
   */
  async begin(file, { id }, { partChecksums, lastExpiresAt: expiresAt }) {
    const release = await enter(id);
    const owner = await this.#api.user();
    if (file) memory.remember(NOTES + id, { ...file, id, owner, endpoint: this.#endpoint, partChecksums, expiresAt });
    return release;
  }

  /** It has ended. @param {string} id */
  forget(id) {
    memory.forget(NOTES + id);
  }

  /**
   * @param {Fingerprint | null} [file]
   * @returns {Promise<Note[]>}
   */
  async #notes(file) {
    /** @type {Note[]} */
    const all = memory.recallAll(NOTES);
    for (const { id } of all.filter(({ expiresAt }) => Date.parse(expiresAt) < Date.now())) this.forget(id);
    const owner = await this.#api.user();
    const mine = all.filter((note) => note.owner === owner && note.endpoint === this.#endpoint);
    return file ? mine.filter((note) => isSame(note, file)) : mine;
  }

  /**
   * @param {Note} note
   * @returns {Promise<UnfinishedUpload | null>}
   */
  async #held({ id, fileName, size }) {
    const parts = await this.#parts(id);
    if (!parts) return this.forget(id), null;
    const uploaded = parts.uploaded.reduce((bytes, part) => bytes + part.size, 0);
    return { id, fileName, size, uploaded };
  }

  /**
   * @param {Note} note
   * @param {AbortSignal} signal
   * @param {() => void} onWait
   * @returns {Promise<Begun | null>}
   */
  async #goOn(note, signal, onWait) {
    const release = await enter(note.id, { signal, onWait });
    try {
      const state = await this.#state(note, signal);
      if (state) return { ...state, renew: async () => null, release };
      this.forget(note.id);
    } catch (error) {
      release();
      throw error;
    }
    release();
    return null;
  }

  /**
   * Null when there is nothing to go on with.
   * @param {Note} note
   * @param {AbortSignal} signal
   */
  async #state({ id, partChecksums }, signal) {
    const document = await this.#get(`/documents/${id}`, signal);
    if (!document) return null;
    if (document.status === "processing" || document.status === "ready") return { document, upload: null };
    if (document.status !== "pending" || Date.parse(document.expiresAt) < Date.now()) return null;
    const parts = await this.#parts(id, signal);
    return { document, upload: parts && { ...parts, method: "MULTIPART", partChecksums } };
  }

  /**
   * What S3 holds; null when it is no longer, or just now being completed.
   * @param {string} id
   * @param {AbortSignal} [signal]
   * @returns {Promise<{partSize: number, partCount: number, uploaded: {partNumber: number, size: number}[]} | null>}
   */
  #parts(id, signal) {
    return this.#get(`/documents/${id}/parts`, signal);
  }

  /**
   * @param {string} path
   * @param {AbortSignal} [signal]
   */
  async #get(path, signal) {
    try {
      return (await this.#api.call("GET", path, { signal, attempts: ATTEMPTS })).data;
    } catch (error) {
      if (OVER.has(error.status)) return null;
      throw error;
    }
  }
}
