/** Sign-in to a Cognito user pool by name and password, without its SDK; the session lives as long as the tab. */

import { AirlockError } from "airlock-uploads";

const STORED_AS = "airlock.session";
/** Renewed this long before it ends, so that no request travels with a token about to expire. */
const MARGIN_MS = 60_000;

const WRONG = "User name or password is wrong.";
/** Cognito says more than somebody who guesses should know. @type {Record<string, string>} */
const DETAILS = { NotAuthorizedException: WRONG, UserNotFoundException: WRONG };

/**
 * @typedef {object} Session
 * @property {string} name
 * @property {string} accessToken
 * @property {string} refreshToken
 * @property {number} expiresAt  Milliseconds since 1970.
 */

export class SignIn {
  #cognito;
  #clientId;
  /** @type {Session | null} */
  #session;
  /** @type {Promise<string> | null} One renewal at a time, however many calls ask for it. */
  #renewal = null;

  /** @param {{cognito: string, clientId: string}} config  The regional Cognito endpoint and the app client. */
  constructor({ cognito, clientId }) {
    this.#cognito = cognito;
    this.#clientId = clientId;
    this.#session = JSON.parse(sessionStorage.getItem(STORED_AS) ?? "null");
  }

  /** The name of who is signed in, or null. */
  get user() {
    return this.#session?.name ?? null;
  }

  /**
   * Throws AirlockError with Cognito's own code, such as `NotAuthorizedException`.
   * @param {string} name
   * @param {string} password
   */
  async signIn(name, password) {
    const answer = await this.#initiate("USER_PASSWORD_AUTH", { USERNAME: name, PASSWORD: password });
    this.#keep(name, answer, answer.RefreshToken);
  }

  /**
   * An access token for the API, renewed when it is about to expire.
   * @param {{fresh?: boolean}} [options]  `fresh`: renew it in any case.
   * @returns {Promise<string>}
   */
  async token({ fresh = false } = {}) {
    const session = this.#session;
    if (!session) throw signedOut();
    if (!fresh && Date.now() < session.expiresAt - MARGIN_MS) return session.accessToken;
    this.#renewal ??= this.#renew(session).finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  /** Forgets the tokens here, and asks Cognito to take no more of them. */
  signOut() {
    const token = this.#session?.refreshToken;
    this.#forget();
    if (token) this.#call("RevokeToken", { Token: token }).catch(() => {});
  }

  /** @param {Session} session */
  async #renew(session) {
    try {
      const answer = await this.#initiate("REFRESH_TOKEN_AUTH", { REFRESH_TOKEN: session.refreshToken });
      if (this.#session !== session) throw signedOut();
      this.#keep(session.name, answer, answer.RefreshToken ?? session.refreshToken);
      return answer.AccessToken;
    } catch (error) {
      if (error instanceof AirlockError && error.temporary) throw error;
      if (this.#session === session) this.#forget();
      throw signedOut();
    }
  }

  /**
   * @param {string} flow
   * @param {Record<string, string>} parameters
   */
  async #initiate(flow, parameters) {
    const answer = await this.#call("InitiateAuth", { AuthFlow: flow, AuthParameters: parameters });
    if (answer.AuthenticationResult) return answer.AuthenticationResult;
    throw new AirlockError({
      code: answer.ChallengeName,
      detail: `This account needs another step that this page does not offer (${answer.ChallengeName}).`,
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
    }).catch(() => Promise.reject(unreachable()));
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    const { status } = response;
    const code = String(answer.__type ?? `http_${status}`).split("#").at(-1) ?? "";
    const detail = DETAILS[code] ?? answer.message ?? `The sign-in service answered ${status}.`;
    const temporary = status === 429 || status >= 500 || code === "TooManyRequestsException";
    throw new AirlockError({ code, status, detail, temporary });
  }

  /**
   * @param {string} name
   * @param {{AccessToken: string, ExpiresIn: number}} answer  `ExpiresIn` is seconds.
   * @param {string} refreshToken
   */
  #keep(name, { AccessToken: accessToken, ExpiresIn }, refreshToken) {
    this.#session = { name, accessToken, refreshToken, expiresAt: Date.now() + ExpiresIn * 1000 };
    sessionStorage.setItem(STORED_AS, JSON.stringify(this.#session));
  }

  #forget() {
    this.#session = null;
    sessionStorage.removeItem(STORED_AS);
  }
}

function unreachable() {
  return new AirlockError({ code: "network", detail: "The sign-in service cannot be reached.", temporary: true });
}

function signedOut() {
  return new AirlockError({ code: "signed_out", status: 401, detail: "The session has ended. Please sign in again." });
}
