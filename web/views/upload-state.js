/** What an upload's row says, from the status of the upload. */

import { durationInWords, reasonInWords, sizeInWords, statusWord } from "./words.js";

/** @import { AirlockDocument } from "../airlock/types.js" */

/** @type {Record<string, string>} */
const STATES = {
  queued: "Waiting for its turn",
  preparing: "Preparing",
  uploading: "Uploading",
  checking: "Checking what arrived",
  ready: "Ready",
  aborted: "Cancelled",
};
const CANCELLABLE = new Set(["queued", "preparing", "uploading", "waiting"]);

/** Whether there is still something to cancel. @param {string} status */
export function isCancellable(status) {
  return CANCELLABLE.has(status);
}

/** @param {string} status */
export function isFinished(status) {
  return !CANCELLABLE.has(status) && status !== "checking";
}

/**
 * @param {string} status
 * @param {AirlockDocument | null} document
 * @param {number} size  Bytes.
 */
export function stateInWords(status, document, size) {
  if (status === "waiting") return "Waiting for the connection";
  if (STATES[status]) return `${STATES[status]} · ${sizeInWords(size)}`;
  return document ? `${statusWord(status)}. ${reasonInWords(document)}` : statusWord(status);
}

/**
 * @param {number} loaded  Bytes.
 * @param {number} total  Bytes.
 * @param {number} speed  Bytes a second; 0 when it is not known yet.
 */
export function progressInWords(loaded, total, speed) {
  const done = `${sizeInWords(loaded)} of ${sizeInWords(total)}`;
  if (speed <= 0) return done;
  return `${done} · ${sizeInWords(speed)}/s · ${durationInWords((total - loaded) / speed)} left`;
}
