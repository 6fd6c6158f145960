/** What can go wrong between a browser, the API and S3: one class, told apart by its `code`. */

/**
 * @typedef {object} Problem  The body of an API error, RFC 9457.
 * @property {string} [code]
 * @property {string} [detail]
 * @property {string} [title]
 * @property {string} [requestId]
 * @property {{field?: string, pointer?: string, detail: string}[]} [errors]
 * @property {string} [message]  What the gateway says in front of the API.
 */

export class AirlockError extends Error {
  /**
   * @param {object} problem
   * @param {string} problem.code  Stable: the API's own, S3's (`BadDigest`), or `network` when nobody answered.
   * @param {string} problem.detail  For people.
   * @param {number} [problem.status]  HTTP status; 0 when there was no answer.
   * @param {string | null} [problem.requestId]
   * @param {{field?: string, pointer?: string, detail: string}[]} [problem.errors]
   * @param {number | null} [problem.retryAfter]  Seconds.
   * @param {boolean} [problem.temporary]  The same request may succeed later.
   */
  constructor({ code, detail, status = 0, requestId = null, errors = [], retryAfter = null, temporary = false }) {
    super(detail);
    this.name = "AirlockError";
    this.code = code;
    this.detail = detail;
    this.status = status;
    this.requestId = requestId;
    this.errors = errors;
    this.retryAfter = retryAfter;
    this.temporary = temporary;
  }
}

/** @param {string} [detail] */
export function networkError(detail = "There was no answer. The connection may be down.") {
  return new AirlockError({ code: "network", detail, temporary: true });
}

/** Another call with the same wish is still at work; it will have the answer. */
const TEMPORARY_CODES = new Set(["idempotency_in_progress", "upload_in_progress"]);

/**
 * The error an API response stands for.
 * @param {Response} response
 * @param {Problem} problem  `{}` when the body was not JSON.
 */
export function problemError(response, problem) {
  const { status } = response;
  const code = problem.code ?? `http_${status}`;
  return new AirlockError({
    code,
    status,
    detail: problem.detail ?? problem.message ?? problem.title ?? `The server answered ${status}.`,
    requestId: problem.requestId ?? null,
    errors: problem.errors ?? [],
    retryAfter: retryAfter(response),
    temporary: status === 429 || status >= 500 || TEMPORARY_CODES.has(code),
  });
}

/**
 * Seconds of the Retry-After header; null without one.
 * @param {Response} response
 */
export function retryAfter(response) {
  return secondsOf(response.headers.get("retry-after"));
}

/**
 * A Retry-After in seconds; it is written as seconds or as a date.
 * @param {string | null | undefined} value
 */
export function secondsOf(value) {
  if (!value) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
