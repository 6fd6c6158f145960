/** Sentences for people about uploads: the state of one, what is left of it, and a summary of all. */

import { formatSize } from "./format-size.js";
import { describeError, describeOutcome, describeStatus, describeWaiting } from "./messages.js";

/** @import { ResumableUpload } from "./types.js" */
/** @import { QueuedUpload } from "./upload-queue.js" */

/** @type {Record<string, string>} */
const STATES = {
  queued: "Queued",
  preparing: "Preparing",
  locked: "Uploading in another tab",
  uploading: "Uploading",
  paused: "Paused",
  completing: "Assembling parts",
  checking: "Checking",
};
const PAUSABLE = new Set(["uploading", "waiting", "paused"]);

/** Returns true for an upload that can be paused or resumed. @param {Pick<QueuedUpload, "status">} upload */
export function canPause({ status }) {
  return PAUSABLE.has(status);
}

/**
 * Returns true for an upload that was refused: another attempt with the same file would be refused too.
 * @param {Pick<QueuedUpload, "status" | "error">} upload
 */
export function isRefused({ status, error }) {
  return status === "error" && !error?.temporary && error?.status !== 401;
}

/**
 * Describes the state of an upload: what it does with its size, why it has failed, or the outcome of the checks.
 * @param {Pick<QueuedUpload, "status" | "document" | "error" | "file">} upload
 */
export function describeUpload({ status, document, error, file }) {
  if (status === "error") return describeError(error);
  if (status === "waiting") return "Waiting for the connection";
  if (status === "aborted") return `${describeStatus(status)} · ${formatSize(file.size)}`;
  const state = (document && describeWaiting(document)) || STATES[status];
  if (state) return `${state} · ${formatSize(file.size)}`;
  if (status === "ready" || !document) return `${describeStatus(status)} · ${formatSize(file.size)}`;
  return describeOutcome(document);
}

/**
 * Describes how many uploads have ended, and how, if not all of them are ready.
 * @param {readonly Pick<QueuedUpload, "status" | "error" | "isFinished">[]} uploads
 */
export function describeUploads(uploads) {
  const finished = uploads.filter(({ isFinished }) => isFinished);
  const total = `${finished.length} of ${uploads.length} finished`;
  if (finished.every(({ status }) => status === "ready")) return total;
  /** @type {Map<string, number>} */
  const counts = new Map(["ready", "rejected", "refused", "failed", "cancelled"].map((name) => [name, 0]));
  for (const upload of finished) counts.set(nameOutcome(upload), (counts.get(nameOutcome(upload)) ?? 0) + 1);
  // A count and its name stay on one line.
  const outcomes = [...counts].filter(([, count]) => count > 0).map(([name, count]) => `${count}\u00a0${name}`);
  return `${total}: ${outcomes.join(", ")}`;
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

/** Describes an upload that an earlier page started. @param {ResumableUpload} upload */
export function describeResumable({ uploadedBytes, size }) {
  if (uploadedBytes >= size) return "All parts uploaded. Choose the file again to resume.";
  return `${formatSize(size - uploadedBytes)} of ${formatSize(size)} left. Choose the file again to resume.`;
}

/** @param {Pick<QueuedUpload, "status" | "error">} upload */
function nameOutcome(upload) {
  if (upload.status === "ready" || upload.status === "rejected") return upload.status;
  if (upload.status === "aborted" || upload.status === "deleted") return "cancelled";
  return isRefused(upload) ? "refused" : "failed";
}

/** @param {number} seconds */
function formatDuration(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
