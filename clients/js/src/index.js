/**
 * The upload client: a File in, a checked document out.
 *
 *     const airlock = new Airlock({ endpoint, getToken });
 *     const upload = airlock.upload(file, { onProgress: ({ loaded, total }) => ... });
 *     upload.pause();
 *     upload.resume();
 *     const document = await upload;
 *     if (document.status === "ready") location.href = (await airlock.download(document.id)).url;
 *
 * Bytes go straight to S3, those of large files in parts, several at once. It lives through lost connections, lost
 * answers and expired URLs, and leaves no second document behind. After a reload, a crash or a restart, upload() of the
 * same file goes on where it was. Plain ES modules: this folder is all of it.
 */

import { Api } from "./api.js";
import { Connections } from "./connections.js";
import { AirlockError } from "./errors.js";
import { fingerprint } from "./fingerprint.js";
import { MOST } from "./pace.js";
import { Pause } from "./pause.js";
import { settled } from "./settled.js";
import { Unfinished } from "./unfinished.js";
import { Uploader } from "./uploader.js";

export { contentType, ONE_REQUEST } from "./describe.js";
export { newIdempotencyKey } from "./retry.js";
export { MOVING } from "./settled.js";
export { AirlockError };

/** @typedef {import("./types.js").AirlockDocument} AirlockDocument */
/** @typedef {import("./types.js").Download} Download */
/** @typedef {import("./types.js").Status} Status */
/** @typedef {import("./types.js").UnfinishedUpload} UnfinishedUpload */
/** @typedef {import("./types.js").Upload} Upload */
/** @typedef {import("./types.js").UploadOptions} UploadOptions */

export class Airlock {
  #api;
  #unfinished;
  #connections = new Connections(MOST);

  /**
   * @param {object} options
   * @param {string} options.endpoint  Of the API.
   * @param {(options?: {fresh?: boolean}) => Promise<string>} options.getToken  The access token; `fresh` when
   *   the API refused the one before.
   */
  constructor({ endpoint, getToken }) {
    this.#api = new Api(endpoint, getToken);
    this.#unfinished = new Unfinished(this.#api, endpoint);
  }

  /**
   * Resolves when the document is ready or rejected, or ends otherwise (see its status).
   * Throws AirlockError, or the signal's reason.
   *
   * The promise has `pause()` and `resume()`: afterwards a file in one request begins anew, one in parts sends at
   * most those again that were under way.
   * @param {File} file
   * @param {UploadOptions} [options]
   * @returns {Upload}
   */
  upload(file, options = {}) {
    const pause = new Pause();
    const means = { api: this.#api, unfinished: this.#unfinished, connections: this.#connections };
    const document = new Uploader(means, file, options, pause).run();
    return Object.assign(document, { pause: () => pause.begin(), resume: () => pause.end() });
  }

  /**
   * What this user began in this browser and no tab is at: give one's file to upload(), which then goes on with it.
   * @param {File} [file]  Only what was begun with this file, and it has not changed since.
   * @returns {Promise<UnfinishedUpload[]>}
   */
  async unfinished(file) {
    const same = file && (await fingerprint(file));
    return same === null ? [] : this.#unfinished.list(same);
  }

  /**
   * Waits until the document is no longer on its way.
   * @param {string} id
   * @param {Pick<UploadOptions, "signal" | "onStatus">} [options]
   * @returns {Promise<AirlockDocument>}
   */
  settled(id, { signal, onStatus } = {}) {
    return settled(this.#api, id, { signal, onStatus });
  }

  /**
   * The caller's documents, newest first; `cursor` is the `nextCursor` of the page before.
   * @param {{status?: Status, kind?: string, limit?: number, cursor?: string, signal?: AbortSignal}} [query]
   * @returns {Promise<{documents: AirlockDocument[], nextCursor: string | null}>}
   */
  async list({ signal, ...query } = {}) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
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
   * A presigned URL to the bytes of a ready document.
   * @param {string} id
   * @param {{disposition?: "attachment" | "inline"}} [options]
   * @returns {Promise<Download>}
   */
  async download(id, { disposition = "attachment" } = {}) {
    const path = `/documents/${encodeURIComponent(id)}/download?disposition=${disposition}`;
    return (await this.#api.call("GET", path)).data;
  }

  /**
   * Ends a document that still waits for its bytes; again is the same as once.
   * @param {string} id
   */
  async abort(id) {
    await this.#api.call("POST", `/documents/${encodeURIComponent(id)}/abort`);
    this.#unfinished.forget(id);
  }

  /**
   * Takes a document away that is no longer on its way; until its `expiresAt` it can be had back. Again is the same as once.
   * @param {string} id
   */
  async delete(id) {
    await this.#api.call("DELETE", `/documents/${encodeURIComponent(id)}`);
  }

  /**
   * Brings back what was deleted, as it was before.
   * @param {string} id
   * @returns {Promise<AirlockDocument>}
   */
  async restore(id) {
    return (await this.#api.call("POST", `/documents/${encodeURIComponent(id)}/restore`)).data;
  }
}
