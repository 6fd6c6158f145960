/** What the codes of documents and errors mean, in plain words. */

/** @import { AirlockDocument } from "./types.js" */

/** @type {Record<string, string>} */
const STATUSES = {
  pending: "Awaiting upload",
  processing: "Being checked",
  ready: "Ready",
  rejected: "Rejected",
  aborted: "Cancelled",
  expired: "Expired",
  failed: "Failed",
  deleted: "Deleted",
};

/** @type {Record<string, (document: AirlockDocument) => string>} */
const REASONS = {
  type_mismatch: ({ declaredContentType: said, contentType: found }) =>
    found && found !== said
      ? `Announced as ${typeName(said)}; what is inside is ${typeName(found)}.`
      : `What is inside is not the ${typeName(said)} it was announced as.`,
  type_not_allowed: () => "Files of this type are not accepted here.",
  suspicious_content: () => "What is inside could do harm, so it is not kept.",
  size_mismatch: () => "Its size is not the one that was announced.",
  checksum_mismatch: () => "Its checksum is not the one that was announced.",
  attempts_exhausted: () => "It could not be checked after several tries. An operator has to look at it.",
};

/** @type {Record<string, string>} */
const ERRORS = {
  network: "The server cannot be reached. Check the connection and try again.",
  AccessDenied: "The storage refused the file.",
  BadDigest: "The file changed while it was being uploaded.",
  SignatureDoesNotMatch: "The storage refused the file: it is not the one that was announced.",
  content_type_not_allowed: "Files of this type are not accepted here.",
};

/** @type {Record<string, string>} */
const TYPES = {
  "application/pdf": "PDF",
  "application/zip": "ZIP archive",
  "application/gzip": "GZIP archive",
  "application/json": "JSON",
  "application/xml": "XML",
  "text/html": "HTML page",
  "text/csv": "CSV table",
  "text/plain": "plain text",
  "text/markdown": "Markdown text",
  "application/octet-stream": "something unknown",
  "application/vnd.microsoft.portable-executable": "Windows program",
};

/** @param {string} status */
export function statusWord(status) {
  return STATUSES[status] ?? status;
}

/** How it ended, and why. @param {AirlockDocument} document */
export function outcomeInWords(document) {
  return [statusWord(document.status), reasonInWords(document)].filter(Boolean).join(". ");
}

/**
 * Why a document was rejected or has failed; empty when it was not.
 * @param {AirlockDocument} document
 */
export function reasonInWords(document) {
  if (!document.reason) return document.status === "expired" ? "Its bytes did not arrive in time." : "";
  return REASONS[document.reason]?.(document) ?? `The reason given is ${document.reason.replaceAll("_", " ")}.`;
}

/** @param {any} error */
export function errorInWords(error) {
  const fields = (error.errors ?? []).map((/** @type {{detail: string}} */ { detail }) => detail);
  const said = [error.detail ?? error.message, ...fields].filter(Boolean);
  return ERRORS[error.code] ?? [...new Set(said)].join(" ");
}

/**
 * "JPEG image" for image/jpeg; what has no common name stays as it is.
 * @param {string} contentType
 */
function typeName(contentType) {
  const [family, subtype] = contentType.split("/");
  if (["image", "video", "audio"].includes(family)) return `${subtype.replace("x-", "").toUpperCase()} ${family}`;
  return TYPES[contentType] ?? contentType;
}
