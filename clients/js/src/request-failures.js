/**
 * Finds out why requests to another origin fail without a response. Browsers tell a page only that a request has failed:
 * the connection may be down, the browser may have refused to send the request after its preflight, or it may hide the
 * response because the response has no CORS header. A gateway responds so to a token that it refuses.
 *
 * The upload events of XMLHttpRequest tell the last two apart: they report sent bytes only after a successful preflight.
 */

import { createBlockedError, createNetworkError, createSignInRequiredError } from "./errors.js";
import { createIdempotencyKey } from "./retry.js";

/** @import { AirlockError } from "./errors.js" */

/** @typedef {"preflight" | "response" | null} Cause  Null for the connection, which may be up again. */

/** Consecutive failures before the cause is looked for. */
const MIN_FAILURES = 2;
/** A lost connection can look like a failed preflight once, because the probe is several requests. */
const MIN_FINDINGS = 2;
const PROBE_TIMEOUT_MS = 10_000;

export class RequestFailures {
  #findCause;
  #failures = 0;
  /** @type {Cause} */
  #cause = null;
  #findings = 0;
  /** The running search; one at a time, however many requests have failed. @type {Promise<AirlockError> | null} */
  #search = null;

  /** @param {(url: string) => Promise<Cause>} findCause */
  constructor(findCause) {
    this.#findCause = findCause;
  }

  /** Records that a request was sent, so that the failures before it had another cause. */
  recordSuccess() {
    this.#failures = this.#findings = 0;
    this.#cause = null;
  }

  /**
   * Records a request that has failed without a response, and returns its error. The error is temporary until the
   * browser has been found several times to refuse the request or its response.
   * @param {string} url
   * @returns {Promise<AirlockError>}
   */
  async explain(url) {
    this.#failures++;
    if (this.#failures < MIN_FAILURES || !navigator.onLine || !isCrossOrigin(url)) return createNetworkError();
    this.#search ??= this.#explain(url).finally(() => (this.#search = null));
    return this.#search;
  }

  /** @param {string} url */
  async #explain(url) {
    const cause = await this.#findCause(url);
    this.#findings = cause === this.#cause ? this.#findings + 1 : 1;
    this.#cause = cause;
    if (cause === null || this.#findings < MIN_FINDINGS) return createNetworkError();
    if (cause === "response") return createSignInRequiredError();
    return createBlockedError(new URL(url, location.href).origin);
  }
}

/**
 * Finds the cause for the storage. Its URLs are only for PUT, so the probe is a request without a preflight.
 * @param {string} url
 * @returns {Promise<Cause>}
 */
export async function findStorageCause(url) {
  return (await isReachable(new URL("/", url).href)) ? "preflight" : null;
}

/**
 * Finds the cause for the API, with a create that the API would refuse because its body is empty.
 * @param {string} endpoint
 * @param {string} token
 * @returns {Promise<Cause>}
 */
export async function findApiCause(endpoint, token) {
  if (!(await isReachable(endpoint))) return null;
  return new Promise((resolve) => {
    const xhr = new XMLHttpRequest();
    let isSent = false;
    xhr.open("POST", `${endpoint}/documents`);
    xhr.timeout = PROBE_TIMEOUT_MS;
    xhr.setRequestHeader("authorization", `Bearer ${token}`);
    xhr.setRequestHeader("content-type", "application/json");
    xhr.setRequestHeader("idempotency-key", createIdempotencyKey());
    xhr.upload.onload = () => (isSent = true);
    xhr.onload = xhr.ontimeout = () => resolve(null);
    xhr.onerror = () => resolve(isSent ? "response" : "preflight");
    xhr.send("{}");
  });
}

/**
 * Returns true when the server answers a request for which the browser makes no preflight.
 * @param {string} url
 */
export async function isReachable(url) {
  const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  const probe = fetch(url, { mode: "no-cors", cache: "no-store", credentials: "omit", signal });
  return probe.then(() => true, () => false);
}

/** @param {string} url */
function isCrossOrigin(url) {
  return new URL(url, location.href).origin !== location.origin;
}
