/** Computes SHA-256 in a worker, one blob after the other, with at most one of them in memory. */

import { createUnreadableError, sha256 } from "./bytes.js";

/** Name of the Trusted Types policy. A page that does not allow this policy hashes on its own thread. */
const POLICY = "airlock-worker";

export class Hasher {
  #worker = startWorker();
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * Returns lower-case hex. Throws AirlockError `file_unreadable`.
   * @param {Blob} blob
   * @returns {Promise<string>}
   */
  digest(blob) {
    const digest = this.#last.then(() => this.#digest(blob));
    this.#last = digest.catch(() => {});
    return digest;
  }

  close() {
    this.#worker?.terminate();
    this.#worker = null;
  }

  /** Frees the memory of a part by ending its worker, because the garbage collector would keep many of them. */
  #restartWorker() {
    if (!this.#worker) return; // closed meanwhile
    this.#worker.terminate();
    this.#worker = startWorker();
  }

  /** @param {Blob} blob */
  async #digest(blob) {
    const response = this.#worker && (await requestDigest(this.#worker, blob));
    if (!response) {
      this.#worker = null;
      return sha256(blob);
    }
    this.#restartWorker();
    return response.sha256 ?? Promise.reject(createUnreadableError());
  }
}

/**
 * Returns null when the browser or the page's policy prevented the worker from starting.
 * @param {Worker} worker
 * @param {Blob} blob
 * @returns {Promise<{sha256: string | null} | null>}
 */
function requestDigest(worker, blob) {
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => resolve(null);
    worker.postMessage(blob);
  });
}

function startWorker() {
  try {
    const url = new URL("./sha256-worker.js", import.meta.url);
    return new Worker(toTrustedUrl(url.href), { type: "module" });
  } catch {
    return null;
  }
}

/** @type {any} */
let policy;

/** @param {string} url */
function toTrustedUrl(url) {
  const { trustedTypes } = /** @type {any} */ (globalThis);
  policy ??= trustedTypes?.createPolicy(POLICY, { createScriptURL: (/** @type {string} */ same) => same });
  return policy?.createScriptURL(url) ?? url;
}
