/** Codes in plain words, numbers and times as people read them. */

/** @import { AirlockDocument } from "../airlock/types.js" */

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
  NotAuthorizedException: "User name or password is wrong.",
  UserNotFoundException: "User name or password is wrong.",
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

/** @param {number} bytes */
export function sizeInWords(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  const digits = step === 0 || value >= 100 ? 0 : 1;
  return new Intl.NumberFormat(undefined, {
    style: "unit",
    unit: units[step],
    unitDisplay: step ? "short" : "long",
    maximumFractionDigits: digits,
  }).format(value);
}

/** @param {number} seconds */
export function durationInWords(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/**
 * The time of day for today, the date for other days.
 * @param {string} at  RFC 3339.
 */
export function dateInWords(at) {
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  return today
    ? date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" })
    : date.toLocaleDateString(undefined, { dateStyle: "medium" });
}

/** @param {string} at  RFC 3339. */
export function momentInWords(at) {
  return new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

/** The icon for a content type. @param {string} contentType */
export function iconFor(contentType) {
  const [family, subtype] = contentType.split("/");
  if (["image", "video", "audio"].includes(family)) return family;
  if (subtype === "pdf") return "pdf";
  if (/spreadsheet|csv|tab-separated|parquet/.test(subtype)) return "table";
  if (/wordprocessing|presentation|opendocument|rtf/.test(subtype)) return "office";
  if (/zip|x-tar|x-xz|zstd|7z|rar/.test(subtype)) return "archive";
  if (/json|xml|sqlite/.test(subtype)) return "data";
  return family === "text" ? "text" : "file";
}
