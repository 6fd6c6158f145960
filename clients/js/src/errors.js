/** One error class for the browser, the API and S3; its `code` says which error it is. */

/**
 * @typedef {object} Problem  The body of an API error, RFC 9457.
 * @property {string} [code]
 * @property {string} [detail]
 * @property {string} [title]
 * @property {string} [requestId]
 * @property {FieldError[]} [errors]
 * @property {string} [duplicateOf]
 * @property {string} [message]  From the gateway in front of the API, which sends nothing else.
 */

/** @typedef {{field?: string, pointer?: string, detail: string}} FieldError */

export class AirlockError extends Error {
  /**
   * @param {object} problem
   * @param {string} problem.code  Stable: the API's, S3's (`BadDigest`), or the client's own (`network`).
   * @param {string} problem.detail  A sentence for people.
   * @param {number} [problem.status]  HTTP status; 0 when there was no response.
   * @param {string | null} [problem.requestId]
   * @param {FieldError[]} [problem.errors]
   * @param {number | null} [problem.retryAfter]  Seconds.
   * @param {boolean} [problem.temporary]  True when the same request may succeed later.
   * @param {string | null} [problem.duplicateOf]  Id of the document with the same content, with `duplicate`.
   * @param {unknown} [cause]  Another error that has led to this one.
   */
  constructor(
    {
      code,
      detail,
      status = 0,
      requestId = null,
      errors = [],
      retryAfter = null,
      temporary = false,
      duplicateOf = null,
    },
    cause = undefined,
  ) {
    super(detail, cause === undefined ? undefined : { cause });
    this.name = "AirlockError";
    this.code = code;
    this.detail = detail;
    this.status = status;
    this.requestId = requestId;
    this.errors = errors;
    this.retryAfter = retryAfter;
    this.temporary = temporary;
    this.duplicateOf = duplicateOf;
  }
}

/**
 * Returns true for an AirlockError with one of these codes.
 * @param {unknown} error
 * @param {...string} codes
 * @returns {error is AirlockError}
 */
export function hasCode(error, ...codes) {
  return error instanceof AirlockError && codes.includes(error.code);
}

/**
 * Returns true for an AirlockError with one of these HTTP statuses.
 * @param {unknown} error
 * @param {...number} statuses
 * @returns {error is AirlockError}
 */
export function hasStatus(error, ...statuses) {
  return error instanceof AirlockError && statuses.includes(error.status);
}

/**
 * @param {string} [detail]
 * @param {unknown} [cause]
 */
export function createNetworkError(detail = "The server did not respond. The connection may be down.", cause = undefined) {
  return new AirlockError({ code: "network", detail, temporary: true }, cause);
}

/**
 * Returns the error of a call that no token of the page allows.
 * @param {unknown} [cause]  The error of the page's `getToken`, if that has thrown one.
 */
export function createSignInRequiredError(cause) {
  const detail = "The page has no access token that the API accepts. Sign in again.";
  return new AirlockError({ code: "sign_in_required", status: 401, detail }, cause);
}

/**
 * Returns the error of a request that the browser does not send, because its preflight fails.
 * @param {string} origin
 */
export function createBlockedError(origin) {
  const detail =
    `${origin} can be reached, but the browser does not send the request: the CORS preflight fails, because the origin ` +
    "of this page or a header is not allowed, or an extension blocks it.";
  return new AirlockError({ code: "request_blocked", detail });
}

/** Code of a request whose first call is still running; a later call returns its result. */
const IN_PROGRESS = "upload_in_progress";

/**
 * Returns the error for an API response that is not ok.
 * @param {Response} response
 * @param {Problem} problem  `{}` when the body was not JSON.
 */
export function createProblemError(response, problem) {
  const { status } = response;
  const code = problem.code ?? `http_${status}`;
  return new AirlockError({
    code,
    status,
    detail: problem.detail ?? problem.message ?? problem.title ?? `The server returned status ${status}.`,
    requestId: problem.requestId ?? null,
    errors: problem.errors ?? [],
    retryAfter: readRetryAfter(response),
    temporary: status === 429 || status >= 500 || code === IN_PROGRESS,
    duplicateOf: problem.duplicateOf ?? null,
  });
}

/** Temporary S3 error codes whose status is 400. */
const TEMPORARY_STORAGE_CODES = ["RequestTimeout", "ExpiredToken"];

/**
 * Returns the error for a response of S3 or CloudFront that is not ok.
 * @param {number} status
 * @param {string} body  XML.
 * @param {number | null} retryAfter  Seconds.
 */
export function createStorageError(status, body, retryAfter) {
  const code = /<Code>(\w+)<\/Code>/.exec(body)?.[1] ?? `s3_${status}`;
  const detail = /<Message>([^<]*)<\/Message>/.exec(body)?.[1] ?? `The storage returned status ${status}.`;
  const isExpired = status === 403 && code !== "SignatureDoesNotMatch";
  const temporary = isExpired || status === 409 || status === 429 || status >= 500 || TEMPORARY_STORAGE_CODES.includes(code);
  return new AirlockError({ code, status, detail, temporary, retryAfter });
}

/**
 * Returns the error of a download whose bytes are not those of the document.
 * @param {string} detail
 */
export function createIntegrityError(detail) {
  return new AirlockError({ code: "integrity", detail });
}

/**
 * Returns the error for the problem of one item of a batch. A call for this item alone would have it.
 * @param {Problem & {code: string, detail: string, status: number, retryAfter?: number}} problem
 */
export function createItemError({ code, detail, status, errors, retryAfter, duplicateOf }) {
  const temporary = status === 429 || status >= 500;
  return new AirlockError({ code, detail, status, errors, retryAfter, temporary, duplicateOf });
}

/**
 * Returns the seconds of the Retry-After header, or null without one.
 * @param {Response} response
 */
export function readRetryAfter(response) {
  return parseRetryAfter(response.headers.get("retry-after"));
}

/**
 * Converts a Retry-After value, which is a number of seconds or a date, to seconds from now.
 * @param {string | null | undefined} value
 */
export function parseRetryAfter(value) {
  if (!value) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
