/** Signs a user in to a Cognito user pool, in all tabs of the page, and renews the access token. */

import { AirlockError } from "airlock-uploads";
import { Cognito } from "./cognito.js";
import { SharedSession } from "./shared-session.js";

/** @import { NewPasswordChallenge, Tokens } from "./cognito.js" */
/** @import { Session } from "./shared-session.js" */

/** A token is renewed this long before it expires, so that it is still valid when a request arrives. */
const RENEWAL_MARGIN_MS = 60_000;

/** @typedef {{name: string, next: PromiseWithResolvers<void>}} EndedSession */

export class SignIn {
  #cognito;
  #listeners;
  #shared;
  /** The running renewal; one at a time, however many calls need it. @type {Promise<string> | null} */
  #renewal = null;
  /** The user whose session has ended, and the calls that wait for the next one. @type {EndedSession | null} */
  #ended = null;

  /**
   * @param {{cognito: string, clientId: string}} config
   * @param {object} listeners
   * @param {() => void} listeners.onSessionEnd  Called when the session cannot be renewed.
   * @param {() => void} listeners.onChange  Called when another tab has signed a user in or out, or renewed the session.
   */
  constructor(config, listeners) {
    this.#cognito = new Cognito(config);
    this.#listeners = listeners;
    this.#shared = new SharedSession(() => {
      this.#settleEnded();
      listeners.onChange();
    });
  }

  /** Name of the signed-in user, or null. */
  get user() {
    return this.#shared.value?.name ?? null;
  }

  /**
   * Returns a challenge for a user who has to choose a password first, or null. Throws AirlockError.
   * @param {string} name
   * @param {string} password
   * @returns {Promise<NewPasswordChallenge | null>}
   */
  async signIn(name, password) {
    const response = await this.#cognito.signIn(name, password);
    if ("challenge" in response) return response.challenge;
    this.#start(name, response.tokens);
    return null;
  }

  /**
   * Signs in with a password that replaces the one of an invitation. Throws AirlockError.
   * @param {string} name
   * @param {NewPasswordChallenge} challenge
   * @param {string} password
   */
  async choosePassword(name, challenge, password) {
    this.#start(name, await this.#cognito.choosePassword(challenge, password));
  }

  /**
   * Returns an access token for the API, renewed when it is about to expire. After the end of the session it waits until
   * the same user has signed in again, so that uploads can continue.
   * @param {{fresh?: boolean}} [options]  `fresh` renews it in any case.
   * @returns {Promise<string>}
   */
  async getToken({ fresh = false } = {}) {
    const session = this.#shared.value;
    if (!session) return this.#waitForSession();
    if (!fresh && Date.now() < session.expiresAt - RENEWAL_MARGIN_MS) return session.accessToken;
    this.#renewal ??= this.#renew(session).finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  /** Removes the tokens from all tabs, and revokes them in Cognito. */
  signOut() {
    const token = this.#shared.value?.refreshToken;
    this.#shared.replace(null);
    if (token) this.#cognito.revoke(token).catch(() => {});
  }

  async #waitForSession() {
    if (!this.#ended) throw createSessionEndedError();
    await this.#ended.next.promise;
    return this.getToken();
  }

  /** @param {Session} session @returns {Promise<string>} */
  async #renew(session) {
    try {
      const tokens = await this.#cognito.refresh(session.refreshToken);
      if (!this.#isCurrent(session)) throw createSessionEndedError();
      this.#share(session.name, { RefreshToken: session.refreshToken, ...tokens });
      return tokens.AccessToken;
    } catch (error) {
      if (!this.#isCurrent(session) || (error instanceof AirlockError && error.temporary)) throw error;
      this.#end(session.name);
      return this.#waitForSession();
    }
  }

  /** Returns false after a sign-out and a new sign-in, in any tab. @param {Session} session */
  #isCurrent({ refreshToken }) {
    return this.#shared.value?.refreshToken === refreshToken;
  }

  /**
   * @param {string} name
   * @param {Tokens} tokens
   */
  #start(name, tokens) {
    this.#share(name, tokens);
    this.#settleEnded();
  }

  /**
   * @param {string} name
   * @param {Tokens} tokens
   */
  #share(name, { AccessToken: accessToken, RefreshToken: refreshToken = "", ExpiresIn }) {
    this.#shared.replace({ name, accessToken, refreshToken, expiresAt: Date.now() + ExpiresIn * 1000 });
  }

  /** Lets the calls that wait for a session continue if it is that of the same user, and fails them otherwise. */
  #settleEnded() {
    if (!this.user) return;
    if (this.#ended?.name === this.user) this.#ended.next.resolve();
    else this.#ended?.next.reject(createSessionEndedError());
    this.#ended = null;
  }

  /** @param {string} name */
  #end(name) {
    this.#ended = { name, next: Promise.withResolvers() };
    this.#ended.next.promise.catch(() => {}); // nobody may wait
    this.#shared.remove();
    this.#listeners.onSessionEnd();
  }
}

function createSessionEndedError() {
  const detail = "Your session has ended. Please sign in again.";
  return new AirlockError({ code: "sign_in_required", status: 401, detail });
}
