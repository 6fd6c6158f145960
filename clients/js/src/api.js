/** Calls to Airlock's API: the access token, JSON in and out, problems as AirlockError. */

import { AccessTokens, readClaims } from "./access-tokens.js";
import {
  createNetworkError,
  createProblemError,
  createSignInRequiredError,
  hasCode,
  readRetryAfter,
} from "./errors.js";
import { findApiCause, isReachable, RequestFailures } from "./request-failures.js";
import { MAX_ATTEMPTS, retry } from "./retry.js";

/** Milliseconds; more than the 30 s that an HTTP API allows its integration, so that no response is cut off. */
const RESPONSE_TIMEOUT_MS = 31_000;

/**
 * @typedef {object} ApiRequest
 * @property {unknown} [body]  Sent as JSON.
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 * @property {AbortSignal} [tokenSignal]  Ends only the wait for a token; default `signal`.
 */

/**
 * @typedef {object} ApiResponse
 * @property {any} data  The parsed body; null when there is none, or no JSON.
 * @property {string} text  The body.
 * @property {number | null} retryAfter  Seconds.
 */

/** @typedef {{response: Response, text: string} | null} Answer  Null when the browser reports a failed request. */

export class Api {
  #endpoint;
  #tokens;
  #failures = new RequestFailures(async (endpoint) => findApiCause(endpoint, await this.#tokens.get()));

  /**
   * @param {string} endpoint  URL of the API, with or without a trailing slash.
   * @param {import("./access-tokens.js").GetToken} getToken  Returns an access token; `fresh` requests a new one.
   */
  constructor(endpoint, getToken) {
    this.#endpoint = endpoint.replace(/\/+$/, "");
    this.#tokens = new AccessTokens(getToken);
  }

  /**
   * Returns the subject of the access token. The server verifies the token; here the subject only separates the
   * stored uploads of two users. Returns an empty text while nobody is signed in. Throws AirlockError `network` after
   * several minutes without a connection.
   * @param {AbortSignal} [signal]
   * @returns {Promise<string>}
   */
  async getUser(signal) {
    try {
      const token = await retry(() => this.#tokens.get(signal), { attempts: MAX_ATTEMPTS, signal });
      return readClaims(token).sub ?? "";
    } catch (error) {
      if (hasCode(error, "sign_in_required")) return "";
      throw error;
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
   * Calls the API once. Only a call that was refused, or that has failed because its token may have been refused, is
   * repeated once with a fresh token. Throws AirlockError `sign_in_required` where that is refused too.
   * @param {string} method
   * @param {string} path
   * @param {ApiRequest} [request]
   * @returns {Promise<ApiResponse>}
   */
  async callOnce(method, path, request = {}) {
    const tokenSignal = request.tokenSignal ?? request.signal;
    const token = await this.#tokens.get(tokenSignal);
    let answer = await this.#fetch(method, path, request, token);
    if (isRefused(answer)) {
      const fresh = await this.#replaceToken(token, answer, tokenSignal);
      if (fresh !== null) answer = await this.#fetch(method, path, request, fresh);
    }
    if (!answer) throw await this.#failures.explain(this.#endpoint);
    const { response, text } = answer;
    if (response.status === 401) throw createSignInRequiredError();
    const data = parseJson(text);
    if (!response.ok) throw createProblemError(response, data ?? {});
    return { data, text, retryAfter: readRetryAfter(response) };
  }

  /**
   * Returns null when there is no other token. A page that cannot renew its token while the server is unreachable has
   * lost its connection and not its session.
   * @param {string} token
   * @param {Answer} answer
   * @param {AbortSignal} [signal]
   */
  async #replaceToken(token, answer, signal) {
    try {
      return await this.#tokens.replace(token, signal);
    } catch (error) {
      const maySignIn = answer !== null || !hasCode(error, "sign_in_required") || (await isReachable(this.#endpoint));
      throw maySignIn ? error : createNetworkError(undefined, error);
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {ApiRequest} request
   * @param {string} token
   * @returns {Promise<Answer>}
   */
  async #fetch(method, path, { body, headers, signal }, token) {
    const signals = [AbortSignal.timeout(RESPONSE_TIMEOUT_MS), ...(signal ? [signal] : [])];
    /** @type {Record<string, string>} */
    const contentType = body === undefined ? {} : { "content-type": "application/json" };
    let response;
    try {
      response = await fetch(this.#endpoint + path, {
        method,
        headers: { authorization: `Bearer ${token}`, ...contentType, ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.any(signals),
      });
      if (response.status !== 401) this.#tokens.confirm(token);
      this.#failures.recordSuccess();
      return { response, text: await response.text() };
    } catch (error) {
      signal?.throwIfAborted();
      if (!response && error instanceof TypeError && navigator.onLine) return null;
      throw createNetworkError(); // offline, or the response took too long or is incomplete
    }
  }
}

/** Returns true when the API has refused the token, or may have. @param {Answer} answer */
function isRefused(answer) {
  return !answer || answer.response.status === 401;
}

/** @param {string} text */
function parseJson(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
