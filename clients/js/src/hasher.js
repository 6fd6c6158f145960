/** Computes SHA-256 in a worker, one blob after the other, with at most one of them in memory. */

import { createUnreadableError, sha256 } from "./bytes.js";

/** Name of the Trusted Types policy. */
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

/** Returns null when the page hashes on its own thread. */
function startWorker() {
  try {
    // Bundlers recognize a worker only by this one expression.
    return startTrustedWorker() ?? new Worker(new URL("./sha256-worker.js", import.meta.url), { type: "module" });
  } catch {
    return null;
  }
}

/**
 * Starts the worker by the policy of this module, as a page with Trusted Types requires. Returns null where the browser
 * has no Trusted Types, the page does not allow the policy, or a bundler has renamed the modules.
 */
function startTrustedWorker() {
  const { trustedTypes } = /** @type {any} */ (globalThis);
  const ownUrl = new URL(import.meta.url);
  const isBundled = ownUrl.origin !== location.origin || !ownUrl.pathname.endsWith("/hasher.js");
  if (!trustedTypes || isBundled) return null;
  try {
    policy ??= trustedTypes.createPolicy(POLICY, { createScriptURL: (/** @type {string} */ url) => url });
  } catch {
    return null;
  }
  return new Worker(policy.createScriptURL(new URL("sha256-worker.js", ownUrl).href), { type: "module" });
}

/** @type {any} */
let policy;
