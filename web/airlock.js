/**
 * The upload client: a File in, a checked document out.
 *
 *     const airlock = new Airlock({ endpoint, getToken });
 *     const document = await airlock.upload(file, { onProgress: ({ loaded, total }) => ... });
 *     if (document.status === "ready") location.href = (await airlock.download(document.id)).url;
 *
 * Bytes go straight to S3. It lives through lost connections, lost answers and expired URLs, and leaves no second
 * document behind. Plain ES modules: this file and the folder `airlock/` are all of it.
 */

import { Api } from "./airlock/api.js";
import { describe } from "./airlock/describe.js";
import { AirlockError } from "./airlock/errors.js";
import { newIdempotencyKey, retrying, sleep } from "./airlock/retry.js";
import { transferBytes } from "./airlock/strategies.js";

export { AirlockError };

/**
 * @import { AirlockDocument, Download, Status, UploadOptions } from "./airlock/types.js"
 */

/** How many times a step of an upload is tried; somebody who looks at a list is told sooner. */
const ATTEMPTS = 8;
const MOVING = new Set(["pending", "processing"]);
const LONGEST_BETWEEN_LOOKS_MS = 10_000;

export class Airlock {
  #api;

  /**
   * @param {object} options
   * @param {string} options.endpoint  Of the API.
   * @param {(options?: {fresh?: boolean}) => Promise<string>} options.getToken  The access token; `fresh` when
   *   the API refused the one before.
   */
  constructor({ endpoint, getToken }) {
    this.#api = new Api(endpoint, getToken);
  }

  /**
   * Resolves when the document is ready or rejected, or ends otherwise (see its status).
   * Throws AirlockError, or the signal's reason.
   * @param {File} file
   * @param {UploadOptions} [options]
   * @returns {Promise<AirlockDocument>}
   */
  async upload(file, options = {}) {
    const { signal, onStatus = () => {}, onProgress = () => {}, idempotencyKey = newIdempotencyKey() } = options;
    signal?.throwIfAborted();
    onStatus("preparing", null);
    const body = await describe(file, options);
    const create = () => this.#create(body, idempotencyKey, signal, () => onStatus("waiting", null));
    const { document, upload } = await create();
    try {
      signal?.throwIfAborted();
      if (upload) {
        await transferBytes({
          file,
          upload,
          signal,
          renew: async () => (await create()).upload,
          onStatus: (status) => onStatus(status, document),
          onProgress: (loaded) => onProgress({ loaded, total: file.size }),
        });
      }
      onStatus("checking", document);
      return await this.settled(document.id, { signal, onStatus });
    } catch (error) {
      if (signal?.aborted) await this.#api.send("POST", `/documents/${document.id}/abort`).catch(() => {});
      throw error;
    }
  }

  /**
   * Waits until the document is no longer on its way.
   * @param {string} id
   * @param {Pick<UploadOptions, "signal" | "onStatus">} [options]
   * @returns {Promise<AirlockDocument>}
   */
  async settled(id, { signal, onStatus } = {}) {
    const onWait = () => onStatus?.("waiting", null);
    for (let looks = 1; ; looks++) {
      const { data, retryAfter } = await this.#api.call("GET", `/documents/${encodeURIComponent(id)}`, {
        signal,
        onWait,
        attempts: ATTEMPTS,
      });
      onStatus?.(MOVING.has(data.status) ? "checking" : data.status, data);
      if (!MOVING.has(data.status)) return data;
      const apart = Math.max((retryAfter ?? 1) * 1000, Math.min(250 * looks, LONGEST_BETWEEN_LOOKS_MS));
      await sleep(apart * (1 + Math.random() / 5), signal);
    }
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
  }

  /**
   * An attempt under way is never cut off: its answer names the document that a cancelled upload must abort.
   * @param {unknown} body
   * @param {string} key
   * @param {AbortSignal | undefined} signal
   * @param {() => void} onWait
   * @returns {Promise<{document: AirlockDocument, upload: any}>}
   */
  async #create(body, key, signal, onWait) {
    const once = () => this.#api.send("POST", "/documents", { body, headers: { "idempotency-key": key } });
    return (await retrying(once, { attempts: ATTEMPTS, signal, onWait })).data;
  }
}
