/**
 * Access tokens of the page: replaced shortly before they expire, and once after a call that was refused.
 *
 * A gateway can refuse a token without a CORS header. The browser then reports a failed request and no status, so a
 * failed request may be a refused one.
 */

import { AirlockError, createNetworkError, createSignInRequiredError } from "./errors.js";
import { waitFor } from "./wait.js";

/** @typedef {(options?: {fresh?: boolean}) => Promise<string>} GetToken */

/** A token that is about to expire is replaced before a call, because it must still be valid when the call arrives. */
const EXPIRY_MARGIN_MS = 30_000;
/** A fresh token that no call has confirmed is not replaced again for so long, because the connection may be down. */
const MIN_RENEWAL_INTERVAL_MS = 60_000;

/**
 * @typedef {object} FreshToken  The last token that was requested as a fresh one.
 * @property {string} token
 * @property {string} replaced  The token before.
 * @property {number} receivedAt  Milliseconds since 1970.
 * @property {number} replaceAt  Milliseconds since 1970, by this machine's clock and the lifetime of the token.
 * @property {boolean} isAccepted  True after a response to a call with this token.
 */

export class AccessTokens {
  #getToken;
  /** The running request; one at a time, however many calls need it. @type {Promise<string> | null} */
  #renewal = null;
  /** @type {FreshToken | null} */
  #fresh = null;
  /** A token that looks expired and could not be replaced. The clock of this machine may be wrong. */
  #kept = "";

  /** @param {GetToken} getToken */
  constructor(getToken) {
    this.#getToken = getToken;
  }

  /**
   * Returns the token for the next call. Throws AirlockError `sign_in_required` or `network`.
   * @param {AbortSignal} [signal]  Ends the wait for a user who signs in.
   * @returns {Promise<string>}
   */
  async get(signal) {
    const given = await waitFor(this.#request(), signal);
    const token = this.#fresh?.replaced === given ? this.#fresh.token : given;
    if (!this.#isAboutToExpire(token)) return token;
    try {
      return await waitFor(this.#renew(token), signal);
    } catch {
      signal?.throwIfAborted();
      return (this.#kept = token); // the server decides
    }
  }

  /**
   * Returns another token for a call that was refused, or null where a fresh one was refused too. Throws AirlockError
   * `sign_in_required` or `network`.
   * @param {string} refused
   * @param {AbortSignal} [signal]
   * @returns {Promise<string | null>}
   */
  async replace(refused, signal) {
    const fresh = this.#fresh;
    if (fresh?.replaced === refused && fresh.token !== refused) return fresh.token; // another call has replaced it
    if (fresh?.token === refused && !fresh.isAccepted && isRecent(fresh)) return null;
    const token = await waitFor(this.#renew(refused), signal);
    return token === refused ? null : token;
  }

  /** Records a response to a call with this token that did not refuse it. @param {string} token */
  confirm(token) {
    if (this.#fresh?.token === token) this.#fresh.isAccepted = true;
  }

  /** @param {string} token */
  #isAboutToExpire(token) {
    if (token === this.#kept) return false;
    if (token === this.#fresh?.token) return Date.now() >= this.#fresh.replaceAt;
    const { exp } = readClaims(token);
    return typeof exp === "number" && exp * 1000 - Date.now() < EXPIRY_MARGIN_MS;
  }

  /** @param {string} replaced */
  #renew(replaced) {
    this.#renewal ??= this.#requestFresh(replaced).finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  /** @param {string} replaced */
  async #requestFresh(replaced) {
    const token = await this.#request({ fresh: true });
    const receivedAt = Date.now();
    this.#fresh = { token, replaced, receivedAt, replaceAt: receivedAt + computeUsableTime(token), isAccepted: false };
    return token;
  }

  /** @param {{fresh: boolean}} [options] */
  async #request(options) {
    let token;
    try {
      token = await this.#getToken(options);
    } catch (error) {
      throw convertError(error);
    }
    return token || Promise.reject(createSignInRequiredError());
  }
}

/** @param {FreshToken} fresh */
function isRecent({ receivedAt }) {
  return Date.now() - receivedAt < MIN_RENEWAL_INTERVAL_MS;
}

/**
 * Returns the milliseconds for which a token that was just issued can be used. Its own times are compared only with each
 * other, because the clock of this machine may be wrong.
 * @param {string} token
 */
function computeUsableTime(token) {
  const { iat, exp } = readClaims(token);
  const lifetime = (exp - iat) * 1000;
  return Number.isNaN(lifetime) ? Infinity : lifetime - Math.min(EXPIRY_MARGIN_MS, lifetime / 2);
}

/**
 * Returns the claims of a JWT, which only the server verifies; none for other tokens.
 * @param {string} token
 * @returns {any}
 */
export function readClaims(token) {
  try {
    const payload = token.split(".")[1] ?? "";
    return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) ?? {};
  } catch {
    return {};
  }
}

/**
 * Converts an error of the page's `getToken`. A TypeError is that of a failed `fetch`.
 * @param {unknown} error
 */
function convertError(error) {
  if (error instanceof AirlockError && error.temporary) return error;
  if (error instanceof TypeError || !navigator.onLine) return createNetworkError(undefined, error);
  return createSignInRequiredError(error);
}
