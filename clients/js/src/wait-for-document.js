/** Polls a document after its bytes have arrived, until it has a final status. */

import { sleep } from "./wait.js";

/** @import { Api } from "./api.js" */
/** @import { AirlockDocument, Status, Step, UploadOptions } from "./types.js" */

const MAX_ATTEMPTS = 8;
const MAX_POLL_INTERVAL_MS = 10_000;
/** Number of polls after which an upload in parts that is still pending is completed again. */
const POLLS_UNTIL_COMPLETE = 8;

/**
 * Returns true while the document waits for its bytes or is being checked.
 * @param {Status} status
 */
export function isInProgress(status) {
  return status === "pending" || status === "processing";
}

/**
 * Returns the step that a document in progress waits for, or null.
 * @param {AirlockDocument} document
 * @returns {Step | null}
 */
export function findWaitingStep({ status, steps }) {
  return (status === "processing" && steps.find((step) => step.status === "waiting")) || null;
}

/**
 * Reports each response to `onStatus`, so that the caller sees the step that the document waits for.
 * @param {Api} api
 * @param {string} id
 * @param {object} [options]
 * @param {AbortSignal} [options.signal]
 * @param {UploadOptions["onStatus"]} [options.onStatus]
 * @param {number} [options.delay]  Seconds until the first poll.
 * @param {boolean} [options.isMultipart]  True for an upload that was completed. The call may have to be repeated,
 *   because S3 can fail to answer it.
 * @returns {Promise<AirlockDocument>}
 */
export async function waitForDocument(api, id, { signal, onStatus, delay = 0, isMultipart = false } = {}) {
  const path = `/documents/${encodeURIComponent(id)}`;
  const options = { signal, attempts: MAX_ATTEMPTS, onWait: () => onStatus?.("waiting", null) };
  await sleep(delay * 1000, signal);
  for (let polls = 1; ; polls++) {
    const { data: document, retryAfter } = await api.call("GET", path, options);
    onStatus?.(isInProgress(document.status) ? "checking" : document.status, document);
    if (!isInProgress(document.status)) return document;
    const isOverdue = document.status === "pending" && polls % POLLS_UNTIL_COMPLETE === 0;
    if (isMultipart && isOverdue) await api.call("POST", `${path}/complete`, options);
    const interval = Math.max((retryAfter ?? 1) * 1000, Math.min(250 * polls, MAX_POLL_INTERVAL_MS));
    await sleep(interval * (1 + Math.random() / 5), signal);
  }
}
