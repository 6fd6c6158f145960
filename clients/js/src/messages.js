/** Sentences for people: the status of a document, what it waits for, why it was rejected, and what an error means. */

import { CODES } from "./codes.js";
import { findWaitingStep } from "./document-status.js";
import { nameType } from "./type-names.js";

export { formatSize } from "./format-size.js";

/** @import { AirlockDocument } from "./types.js" */

/** @type {Record<string, string>} */
const STATUSES = {
  pending: "Awaiting upload",
  processing: "Checking",
  ready: "Ready",
  rejected: "Rejected",
  aborted: "Cancelled",
  expired: "Expired",
  failed: "Failed",
  deleted: "Deleted",
};

/** @type {Record<string, {message: string}>} */
const API_CODES = CODES;

/**
 * Codes of S3 and of the client itself, which the API's table does not have. S3's own messages are for developers.
 * @type {Record<string, string>}
 */
const TRANSFER_MESSAGES = {
  network: "The server cannot be reached. Check your connection and try again.",
  request_blocked: "The browser blocks the connection of this page to the server. A browser extension may be the cause.",
  sign_in_required: "Your session has ended. Sign in again to continue.",
  AccessDenied: "The storage rejected the file.",
  BadDigest: "The file changed while it was being uploaded.",
  SignatureDoesNotMatch: "The storage rejected the file because it differs from what was declared.",
};

/** Inspection reports this type when it recognizes nothing more specific. */
const UNKNOWN_TYPE = "application/octet-stream";

/** @param {string} status */
export function describeStatus(status) {
  return STATUSES[status] ?? status;
}

/**
 * Describes the status, and its reason or what the document waits for, if there is any.
 * @param {AirlockDocument} document
 */
export function describeOutcome(document) {
  const more = describeReason(document) || describeWaiting(document);
  return [describeStatus(document.status), more].filter(Boolean).join(". ");
}

/**
 * Describes the step that a document waits for, in the step's own words if it has any; empty for other documents.
 * @param {AirlockDocument} document
 */
export function describeWaiting(document) {
  const step = findWaitingStep(document);
  if (!step) return "";
  return step.detail?.replace(/\.$/, "") || `Waiting for ${step.name.replaceAll("_", " ")}`;
}

/**
 * Describes why a document was rejected, has failed or has expired; empty for other documents. A step that rejected the
 * file may have a sentence of its own.
 * @param {AirlockDocument} document
 */
export function describeReason({ status, reason, steps, declaredContentType: declared, contentType: detected }) {
  if (!reason) return status === "expired" ? "The file was not uploaded in time." : "";
  const sentence = steps.find((step) => step.status === "rejected")?.detail;
  if (sentence) return sentence;
  if (detected && detected !== declared && detected !== UNKNOWN_TYPE) {
    return `Declared as ${nameType(declared)}, but contains ${nameType(detected)}.`;
  }
  return API_CODES[reason]?.message ?? `Reason: ${reason.replaceAll("_", " ")}.`;
}

/**
 * Describes any error: transfer errors in the client's words, API errors in those of the API.
 * @param {any} error
 */
export function describeError(error) {
  const fieldErrors = (error.errors ?? []).map((/** @type {{detail: string}} */ { detail }) => detail);
  const details = [error.detail ?? error.message, ...fieldErrors].filter(Boolean);
  return TRANSFER_MESSAGES[error.code] ?? [...new Set(details)].join(" ");
}
