/** Texts and possible actions for the status of an upload. */

import { describeOutcome, describeStatus, describeWaiting } from "airlock-uploads/messages";
import { formatDuration, formatSize } from "./format.js";

/** @import { AirlockDocument, ResumableUpload } from "airlock-uploads" */

/** @type {Record<string, string>} */
const STATES = {
  queued: "Queued",
  preparing: "Preparing",
  locked: "Uploading in another tab",
  uploading: "Uploading",
  paused: "Paused",
  completing: "Assembling parts",
  checking: "Checking",
  ready: "Ready",
  aborted: "Cancelled",
};
const PAUSABLE = new Set(["uploading", "waiting", "paused"]);
const CANCELLABLE = new Set(["queued", "preparing", "locked", ...PAUSABLE]);

/** @param {string} status */
export function canCancel(status) {
  return CANCELLABLE.has(status);
}

/** Returns true for an upload that can be paused or resumed. @param {string} status */
export function canPause(status) {
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
export function describeState(status, document, size) {
  if (status === "waiting") return "Waiting for the connection";
  const state = (document && describeWaiting(document)) || STATES[status];
  if (state) return `${state} · ${formatSize(size)}`;
  return document ? describeOutcome(document) : describeStatus(status);
}

/** @param {ResumableUpload} upload */
export function describeResumable({ uploadedBytes, size }) {
  if (uploadedBytes >= size) return "All parts uploaded. Choose the file again to resume.";
  return `${formatSize(size - uploadedBytes)} of ${formatSize(size)} left. Choose the file again to resume.`;
}

/**
 * @param {number} loaded  Bytes.
 * @param {number} total  Bytes.
 * @param {number} speed  Bytes per second; 0 while unknown.
 */
export function describeProgress(loaded, total, speed) {
  const progress = `${formatSize(loaded)} of ${formatSize(total)}`;
  if (speed <= 0) return progress;
  return `${progress} · ${formatSize(speed)}/s · ${formatDuration((total - loaded) / speed)} left`;
}
