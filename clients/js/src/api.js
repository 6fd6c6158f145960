/** Calls to Airlock's API: the access token, JSON in and out, problems as AirlockError. */

import { createNetworkError, createProblemError, readRetryAfter } from "./errors.js";
import { findApiCause, RequestFailures } from "./request-failures.js";
import { retry } from "./retry.js";

/** Milliseconds; more than the 30 s that an HTTP API allows its integration, so that no response is cut off. */
const RESPONSE_TIMEOUT_MS = 31_000;

/**
 * @typedef {object} ApiRequest
 * @property {unknown} [body]  Sent as JSON.
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 */

/**
 * @typedef {object} ApiResponse
 * @property {any} data  The parsed body; null when there is none.
 * @property {number | null} retryAfter  Seconds.
 */

export class Api {
  #endpoint;
  #getToken;
  #failures = new RequestFailures(async (endpoint) => findApiCause(endpoint, await this.#getToken()));

  /**
   * @param {string} endpoint  URL of the API, with or without a trailing slash.
   * @param {(options?: {fresh?: boolean}) => Promise<string>} getToken  Returns an access token; `fresh` requests a
   *   new one, because the API has rejected the current one.
   */
  constructor(endpoint, getToken) {
    this.#endpoint = endpoint.replace(/\/+$/, "");
    this.#getToken = getToken;
  }

  /**
   * Returns the subject of the access token. The server verifies the token; here the subject only separates the
   * stored uploads of two users.
   * @returns {Promise<string>}
   */
  async getUser() {
    try {
      const payload = (await this.#getToken()).split(".")[1] ?? "";
      return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))).sub ?? "";
    } catch {
      return ""; // nobody is signed in, or the token is not a JWT
    }
  }

  /**
   * Calls the API, and repeats the call after temporary errors.
   * @param {string} method
   * @param {string} path
   * @param {ApiRequest & {attempts?: number, onWait?: () => void}} [options]
   * @returns {Promise<ApiResponse>}
   */
  call(method, path, { attempts = 3, onWait, ...request } = {}) {
    return retry(() => this.callOnce(method, path, request), { attempts, onWait, signal: request.signal });
  }

  /**
   * Calls the API once. Only a rejected token is replaced and the call repeated.
   * @param {string} method
   * @param {string} path
   * @param {ApiRequest} [request]
   * @returns {Promise<ApiResponse>}
   */
  async callOnce(method, path, request = {}) {
    let result = await this.#fetch(method, path, request, await this.#getToken());
    if (result.response.status === 401) {
      result = await this.#fetch(method, path, request, await this.#getToken({ fresh: true }));
    }
    const { response, text } = result;
    const data = parseJson(text);
    if (!response.ok) throw createProblemError(response, data ?? {});
    return { data, retryAfter: readRetryAfter(response) };
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {ApiRequest} request
   * @param {string} token
   */
  async #fetch(method, path, { body, headers, signal }, token) {
    const signals = [AbortSignal.timeout(RESPONSE_TIMEOUT_MS), ...(signal ? [signal] : [])];
    /** @type {Record<string, string>} */
    const contentType = body === undefined ? {} : { "content-type": "application/json" };
    try {
      const response = await fetch(this.#endpoint + path, {
        method,
        headers: { authorization: `Bearer ${token}`, ...contentType, ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.any(signals),
      });
      this.#failures.recordSuccess();
      return { response, text: await response.text() };
    } catch (error) {
      signal?.throwIfAborted();
      // A request that ends by the timeout was sent.
      if (!(error instanceof TypeError)) throw createNetworkError();
      throw await this.#failures.explain(this.#endpoint);
    }
  }
}

/** @param {string} text */
function parseJson(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
