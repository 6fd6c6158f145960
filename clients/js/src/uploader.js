/** One upload from its beginning, new or where an earlier one stopped, to its end. */

import { describe, ONE_REQUEST } from "./describe.js";
import { fingerprint } from "./fingerprint.js";
import { wantsChecksums } from "./part-checksums.js";
import { newIdempotencyKey, retrying } from "./retry.js";
import { settled } from "./settled.js";
import { transferBytes } from "./strategies.js";

/** @import { Api } from "./api.js" */
/** @import { Connections } from "./connections.js" */
/** @import { Fingerprint } from "./fingerprint.js" */
/** @import { Pause } from "./pause.js" */
/** @import { AirlockDocument, UploadOptions, UploadStatus } from "./types.js" */
/** @import { Begun, Unfinished } from "./unfinished.js" */

const ATTEMPTS = 8;
/** The document does not wait for these bytes any more: a next try begins anew. */
const OVER = new Set(["upload_expired", "document_not_found", "invalid_state"]);

export class Uploader {
  #api;
  #unfinished;
  #connections;
  #file;
  #options;
  #pause;
  #signal;

  /**
   * @param {{api: Api, unfinished: Unfinished, connections: Connections}} means
   * @param {File} file
   * @param {UploadOptions} options
   * @param {Pause} pause
   */
  constructor({ api, unfinished, connections }, file, options, pause) {
    this.#api = api;
    this.#unfinished = unfinished;
    this.#connections = connections;
    this.#file = file;
    this.#options = options;
    this.#pause = pause;
    this.#signal = options.signal ?? new AbortController().signal;
  }

  /** @returns {Promise<AirlockDocument>} */
  async run() {
    this.#signal.throwIfAborted();
    this.#say("preparing", null);
    const begun = await this.#begin();
    const { id } = begun.document;
    try {
      const document = await this.#finish(begun);
      this.#unfinished.forget(id);
      return document;
    } catch (error) {
      if (this.#signal.aborted) await this.#abort(id);
      else if (OVER.has(error.code)) this.#unfinished.forget(id);
      throw error;
    } finally {
      begun.release();
    }
  }

  /** What the API does not hear of stays an unfinished upload, and is offered to the next page. @param {string} id */
  async #abort(id) {
    const answer = await this.#api.send("POST", `/documents/${id}/abort`).catch((error) => error);
    if (answer.code !== "network") this.#unfinished.forget(id);
  }

  /** @param {Begun} begun */
  async #finish({ document, upload, renew }) {
    const signal = this.#signal;
    signal.throwIfAborted();
    const after = upload ? await this.#transfer(document, upload, renew) : 0;
    this.#say("checking", document);
    const inParts = this.#file.size > ONE_REQUEST;
    return settled(this.#api, document.id, { signal, onStatus: this.#options.onStatus, after, inParts });
  }

  /**
   * @param {AirlockDocument} document
   * @param {any} upload
   * @param {Begun["renew"]} renew
   */
  #transfer(document, upload, renew) {
    const [file, total] = [this.#file, this.#file.size];
    return transferBytes({
      file,
      document,
      upload,
      renew,
      api: this.#api,
      connections: this.#connections,
      pause: this.#pause,
      signal: this.#signal,
      onStatus: (status) => this.#say(status, document),
      onProgress: (loaded) => this.#options.onProgress?.({ loaded, total }),
    });
  }

  /**
   * What was begun earlier with this file, or a new document for it.
   * @returns {Promise<Begun>}
   */
  async #begin() {
    const file = this.#file;
    const same = file.size > ONE_REQUEST ? await fingerprint(file) : null;
    const onWait = () => this.#say("elsewhere", null);
    const found = same && (await this.#unfinished.find(same, { signal: this.#signal, onWait }));
    return found ?? this.#create(same);
  }

  /**
   * @param {Fingerprint | null} same
   * @returns {Promise<Begun>}
   */
  async #create(same) {
    const { checksum = "auto", idempotencyKey = newIdempotencyKey(), ...about } = this.#options;
    const partChecksums = this.#file.size > ONE_REQUEST && (await wantsChecksums(this.#file, checksum));
    const body = await describe(this.#file, { ...about, partChecksums });
    const key = partChecksums ? `${idempotencyKey}-parts` : idempotencyKey; // another body needs another key
    const post = async () => (await this.#post(body, key)).data;
    const { document, upload } = await post();
    const renew = async () => (await post()).upload;
    if (upload?.method !== "MULTIPART") return { document, upload, renew, release: () => {} };
    const release = await this.#unfinished.begin(same, document, { ...upload, partChecksums });
    return { document, upload: { ...upload, partChecksums }, renew, release };
  }

  /**
   * An attempt under way is never cut off: its answer names the document that a cancelled upload must abort.
   * @param {unknown} body
   * @param {string} key
   */
  #post(body, key) {
    const once = () => this.#api.send("POST", "/documents", { body, headers: { "idempotency-key": key } });
    return retrying(once, { attempts: ATTEMPTS, signal: this.#signal, onWait: () => this.#say("waiting", null) });
  }

  /**
   * @param {UploadStatus} status
   * @param {AirlockDocument | null} document
   */
  #say(status, document) {
    this.#options.onStatus?.(status, document);
  }
}
