/** Signs in to a Cognito user pool by name and password, without its SDK. The session ends with the tab. */

import { AirlockError } from "airlock-uploads";

const STORAGE_KEY = "airlock.session";
/** A token is renewed this long before it expires, so that it is still valid when a request arrives. */
const RENEWAL_MARGIN_MS = 60_000;

const WRONG_CREDENTIALS = "The user name or password is incorrect.";
/**
 * Replaces details of Cognito's that would tell an attacker which user names exist.
 * @type {Record<string, string>}
 */
const DETAILS = { NotAuthorizedException: WRONG_CREDENTIALS, UserNotFoundException: WRONG_CREDENTIALS };

/**
 * @typedef {object} Session
 * @property {string} name
 * @property {string} accessToken
 * @property {string} refreshToken
 * @property {number} expiresAt  Milliseconds since 1970.
 */

/** @typedef {{name: string, next: PromiseWithResolvers<void>}} EndedSession */

export class SignIn {
  #cognito;
  #clientId;
  #onSessionEnd;
  /** @type {Session | null} */
  #session;
  /** The running renewal; one at a time, however many calls need it. @type {Promise<string> | null} */
  #renewal = null;
  /** The user whose session has ended, and the calls that wait for the next one. @type {EndedSession | null} */
  #ended = null;

  /**
   * @param {{cognito: string, clientId: string}} config  The regional Cognito endpoint and the app client.
   * @param {() => void} onSessionEnd  Called when the session cannot be renewed.
   */
  constructor({ cognito, clientId }, onSessionEnd) {
    this.#cognito = cognito;
    this.#clientId = clientId;
    this.#onSessionEnd = onSessionEnd;
    this.#session = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "null");
  }

  /** Name of the signed-in user, or null. */
  get user() {
    return this.#session?.name ?? null;
  }

  /**
   * Throws AirlockError with Cognito's code, such as `NotAuthorizedException`.
   * @param {string} name
   * @param {string} password
   */
  async signIn(name, password) {
    const tokens = await this.#initiateAuth("USER_PASSWORD_AUTH", { USERNAME: name, PASSWORD: password });
    this.#saveSession(name, tokens, tokens.RefreshToken);
    if (this.#ended?.name === name) this.#ended.next.resolve();
    else this.#ended?.next.reject(createSessionEndedError());
    this.#ended = null;
  }

  /**
   * Returns an access token for the API, renewed when it is about to expire. After the end of the session it waits until
   * the same user has signed in again, so that uploads can continue.
   * @param {{fresh?: boolean}} [options]  `fresh` renews it in any case.
   * @returns {Promise<string>}
   */
  async getToken({ fresh = false } = {}) {
    const session = this.#session;
    if (!session) return this.#waitForSession();
    if (!fresh && Date.now() < session.expiresAt - RENEWAL_MARGIN_MS) return session.accessToken;
    this.#renewal ??= this.#renew(session).finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  async #waitForSession() {
    if (!this.#ended) throw createSessionEndedError();
    await this.#ended.next.promise;
    return this.getToken();
  }

  /** Removes the tokens from this tab, and revokes them in Cognito. */
  signOut() {
    const token = this.#session?.refreshToken;
    this.#removeSession();
    if (token) this.#call("RevokeToken", { Token: token }).catch(() => {});
  }

  /** @param {Session} session @returns {Promise<string>} */
  async #renew(session) {
    try {
      const tokens = await this.#initiateAuth("REFRESH_TOKEN_AUTH", { REFRESH_TOKEN: session.refreshToken });
      if (this.#session !== session) throw createSessionEndedError();
      this.#saveSession(session.name, tokens, tokens.RefreshToken ?? session.refreshToken);
      return tokens.AccessToken;
    } catch (error) {
      if (this.#session !== session || (error instanceof AirlockError && error.temporary)) throw error;
      this.#endSession(session.name);
      return this.#waitForSession();
    }
  }

  /** @param {string} name */
  #endSession(name) {
    this.#ended = { name, next: Promise.withResolvers() };
    this.#ended.next.promise.catch(() => {}); // nobody may wait
    this.#removeSession();
    this.#onSessionEnd();
  }

  /**
   * @param {string} flow
   * @param {Record<string, string>} parameters
   */
  async #initiateAuth(flow, parameters) {
    const response = await this.#call("InitiateAuth", { AuthFlow: flow, AuthParameters: parameters });
    if (response.AuthenticationResult) return response.AuthenticationResult;
    throw new AirlockError({
      code: response.ChallengeName,
      detail: `This account requires a sign-in step that this page does not support (${response.ChallengeName}).`,
    });
  }

  /**
   * @param {string} action
   * @param {object} body
   */
  async #call(action, body) {
    const response = await fetch(this.#cognito, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AWSCognitoIdentityProviderService.${action}`,
      },
      body: JSON.stringify({ ...body, ClientId: this.#clientId }),
    }).catch(() => Promise.reject(createUnreachableError()));
    const data = await response.json().catch(() => ({}));
    if (response.ok) return data;
    const { status } = response;
    const code = String(data.__type ?? `http_${status}`).split("#").at(-1) ?? "";
    const detail = DETAILS[code] ?? data.message ?? `The sign-in service returned status ${status}.`;
    const temporary = status === 429 || status >= 500 || code === "TooManyRequestsException";
    throw new AirlockError({ code, status, detail, temporary });
  }

  /**
   * @param {string} name
   * @param {{AccessToken: string, ExpiresIn: number}} tokens  `ExpiresIn` is seconds.
   * @param {string} refreshToken
   */
  #saveSession(name, { AccessToken: accessToken, ExpiresIn }, refreshToken) {
    this.#session = { name, accessToken, refreshToken, expiresAt: Date.now() + ExpiresIn * 1000 };
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify(this.#session));
  }

  #removeSession() {
    this.#session = null;
    sessionStorage.removeItem(STORAGE_KEY);
  }
}

function createUnreachableError() {
  return new AirlockError({ code: "network", detail: "The sign-in service cannot be reached.", temporary: true });
}

function createSessionEndedError() {
  const detail = "Your session has ended. Please sign in again.";
  return new AirlockError({ code: "sign_in_required", status: 401, detail });
}
