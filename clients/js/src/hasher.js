/** SHA-256 of one blob after the other, off the page's thread and with no more than one of them in memory. */

import { sha256, unreadable } from "./bytes.js";

/** A page that demands Trusted Types must allow a policy of this name, or the Worker is done without. */
const POLICY = "airlock-worker";

export class Hasher {
  #worker = startWorker();
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * Lower-case hex. Throws AirlockError `file_unreadable`.
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

  /** The memory of a large part goes with its worker; the garbage collector would let many of them wait. */
  #renew() {
    if (!this.#worker) return; // closed meanwhile
    this.#worker.terminate();
    this.#worker = startWorker();
  }

  /** @param {Blob} blob */
  async #digest(blob) {
    const answer = this.#worker && (await asked(this.#worker, blob));
    if (!answer) {
      this.#worker = null;
      return sha256(blob);
    }
    this.#renew();
    return answer.sha256 ?? Promise.reject(unreadable());
  }
}

/**
 * Null when the browser or the page's policy did not let the worker start.
 * @param {Worker} worker
 * @param {Blob} blob
 * @returns {Promise<{sha256: string | null} | null>}
 */
function asked(worker, blob) {
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => resolve(null);
    worker.postMessage(blob);
  });
}

function startWorker() {
  try {
    const url = new URL("./sha256-worker.js", import.meta.url);
    return new Worker(/** @type {any} */ (trusted(url.href)), { type: "module" });
  } catch {
    return null;
  }
}

/** @type {any} */
let policy;

/** @param {string} url */
function trusted(url) {
  const { trustedTypes } = /** @type {any} */ (globalThis);
  policy ??= trustedTypes?.createPolicy(POLICY, { createScriptURL: (/** @type {string} */ same) => same });
  return policy?.createScriptURL(url) ?? url;
}
