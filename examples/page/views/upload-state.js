/** What an upload's row says, from the status of the upload. */

import { outcomeInWords, statusWord } from "airlock-uploads/words";
import { durationInWords, sizeInWords } from "./words.js";

/** @import { AirlockDocument, UnfinishedUpload } from "airlock-uploads" */

/** @type {Record<string, string>} */
const STATES = {
  queued: "Waiting for its turn",
  preparing: "Preparing",
  elsewhere: "Another tab is uploading this file",
  uploading: "Uploading",
  paused: "Paused",
  completing: "Putting the parts together",
  checking: "Checking what arrived",
  ready: "Ready",
  aborted: "Cancelled",
};
const PAUSABLE = new Set(["uploading", "waiting", "paused"]);
const CANCELLABLE = new Set(["queued", "preparing", "elsewhere", ...PAUSABLE]);

/** Whether there is still something to cancel. @param {string} status */
export function isCancellable(status) {
  return CANCELLABLE.has(status);
}

/** Whether it can be held, or go on after that. @param {string} status */
export function isPausable(status) {
  return PAUSABLE.has(status);
}

/** @param {string} status */
export function isFinished(status) {
  return !CANCELLABLE.has(status) && status !== "completing" && status !== "checking";
}

/**
 * @param {string} status
 * @param {AirlockDocument | null} document
 * @param {number} size  Bytes.
 */
export function stateInWords(status, document, size) {
  if (status === "waiting") return "Waiting for the connection";
  if (STATES[status]) return `${STATES[status]} · ${sizeInWords(size)}`;
  return document ? outcomeInWords(document) : statusWord(status);
}

/** @param {UnfinishedUpload} upload */
export function unfinishedInWords({ uploaded, size }) {
  const missing = uploaded < size ? `${sizeInWords(size - uploaded)} of ${sizeInWords(size)} are missing` : "Nothing is missing";
  return `${missing}. Choose the file again to go on.`;
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
