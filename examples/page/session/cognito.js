/** Calls of a Cognito user pool, without its SDK. */

import { AirlockError } from "airlock-uploads";

const WRONG_CREDENTIALS = "The user name or password is incorrect.";
/**
 * Replaces details of Cognito's that would tell an attacker which user names exist.
 * @type {Record<string, string>}
 */
const DETAILS = { NotAuthorizedException: WRONG_CREDENTIALS, UserNotFoundException: WRONG_CREDENTIALS };

/** @typedef {{AccessToken: string, RefreshToken?: string, ExpiresIn: number}} Tokens  `ExpiresIn` is seconds. */
/** @typedef {{name: string, session: string}} NewPasswordChallenge  A user who was invited has to choose a password. */

export class Cognito {
  #url;
  #clientId;

  /** @param {{cognito: string, clientId: string}} config  The regional Cognito endpoint and the app client. */
  constructor({ cognito, clientId }) {
    this.#url = cognito;
    this.#clientId = clientId;
  }

  /**
   * Throws AirlockError with Cognito's code, such as `NotAuthorizedException`.
   * @param {string} name
   * @param {string} password
   * @returns {Promise<{tokens: Tokens} | {challenge: NewPasswordChallenge}>}
   */
  async signIn(name, password) {
    const parameters = { USERNAME: name, PASSWORD: password };
    const response = await this.#call("InitiateAuth", { AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: parameters });
    if (response.ChallengeName !== "NEW_PASSWORD_REQUIRED") return { tokens: readTokens(response) };
    return { challenge: { name: response.ChallengeParameters?.USER_ID_FOR_SRP ?? name, session: response.Session } };
  }

  /**
   * Replaces the password that an administrator has sent. Throws AirlockError, such as `InvalidPasswordException`.
   * @param {NewPasswordChallenge} challenge
   * @param {string} password
   */
  async choosePassword({ name, session }, password) {
    const request = {
      ChallengeName: "NEW_PASSWORD_REQUIRED",
      Session: session,
      ChallengeResponses: { USERNAME: name, NEW_PASSWORD: password },
    };
    return readTokens(await this.#call("RespondToAuthChallenge", request));
  }

  /** @param {string} refreshToken */
  async refresh(refreshToken) {
    const parameters = { REFRESH_TOKEN: refreshToken };
    return readTokens(
      await this.#call("InitiateAuth", { AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: parameters }),
    );
  }

  /** @param {string} refreshToken */
  async revoke(refreshToken) {
    await this.#call("RevokeToken", { Token: refreshToken });
  }

  /**
   * @param {string} action
   * @param {object} body
   */
  async #call(action, body) {
    const response = await fetch(this.#url, {
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
}

/**
 * @param {{AuthenticationResult?: Tokens, ChallengeName?: string}} response
 * @returns {Tokens}
 */
function readTokens({ AuthenticationResult: tokens, ChallengeName: code = "unknown" }) {
  if (tokens) return tokens;
  const detail = `This account requires a sign-in step that this page does not support (${code}).`;
  throw new AirlockError({ code, detail });
}

function createUnreachableError() {
  return new AirlockError({ code: "network", detail: "The sign-in service cannot be reached.", temporary: true });
}
