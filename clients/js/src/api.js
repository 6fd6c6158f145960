/** Calls to Airlock's API: the token, JSON in and out, problems as AirlockError. */

import { networkError, problemError, retryAfter } from "./errors.js";
import { retrying } from "./retry.js";

/** As long as an HTTP API's integration may take, so nothing is cut off that would still answer. */
const ANSWER_WITHIN_MS = 31_000;

/**
 * @typedef {object} Call
 * @property {unknown} [body]  Sent as JSON.
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 */

/**
 * @typedef {object} Answer
 * @property {any} data  The parsed body; null when there is none.
 * @property {number | null} retryAfter  Seconds.
 */

export class Api {
  #endpoint;
  #getToken;

  /**
   * @param {string} endpoint  With or without a slash at its end.
   * @param {(options?: {fresh?: boolean}) => Promise<string>} getToken  `fresh` asks for a new token, because
   *   the API has just refused the present one.
   */
  constructor(endpoint, getToken) {
    this.#endpoint = endpoint.replace(/\/+$/, "");
    this.#getToken = getToken;
  }

  /**
   * The subject of the access token. The server checks it; here it only keeps the notes of two users apart.
   * @returns {Promise<string>}
   */
  async user() {
    try {
      const payload = (await this.#getToken()).split(".")[1];
      return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))).sub ?? "";
    } catch {
      return ""; // nobody is signed in, or the token is no JWT
    }
  }

  /**
   * One call, tried again after temporary errors.
   * @param {string} method
   * @param {string} path
   * @param {Call & {attempts?: number, onWait?: () => void}} [options]
   * @returns {Promise<Answer>}
   */
  call(method, path, { attempts = 3, onWait, ...call } = {}) {
    return retrying(() => this.send(method, path, call), { attempts, onWait, signal: call.signal });
  }

  /**
   * One call, once; only a refused token is replaced and the call repeated.
   * @param {string} method
   * @param {string} path
   * @param {Call} [call]
   * @returns {Promise<Answer>}
   */
  async send(method, path, call = {}) {
    let answer = await this.#fetch(method, path, call, await this.#getToken());
    if (answer.response.status === 401) {
      answer = await this.#fetch(method, path, call, await this.#getToken({ fresh: true }));
    }
    const { response, text } = answer;
    const data = parsed(text);
    if (!response.ok) throw problemError(response, data ?? {});
    return { data, retryAfter: retryAfter(response) };
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Call} call
   * @param {string} token
   */
  async #fetch(method, path, { body, headers, signal }, token) {
    const limits = [AbortSignal.timeout(ANSWER_WITHIN_MS), ...(signal ? [signal] : [])];
    /** @type {Record<string, string>} */
    const json = body === undefined ? {} : { "content-type": "application/json" };
    try {
      const response = await fetch(this.#endpoint + path, {
        method,
        headers: { authorization: `Bearer ${token}`, ...json, ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.any(limits),
      });
      return { response, text: await response.text() };
    } catch {
      signal?.throwIfAborted();
      throw networkError();
    }
  }
}

/** @param {string} text */
function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
