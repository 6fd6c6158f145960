/**
 * Detects images and PDF documents from their first bytes, because devices rename files: a phone may export a JPEG as
 * `IMG_1.HEIC`. Every other type comes from the name.
 */

import { readFirstBytes } from "./bytes.js";
import { BY_EXTENSION } from "./file-extensions.js";

/** The type of files that neither their extension nor the browser knows. */
export const UNKNOWN_TYPE = "application/octet-stream";
/** The longest signature. */
const LENGTH = 12;
/** @type {[string, RegExp][]} */
const SIGNATURES = [
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/png", /^\x89PNG\r\n[^]\n/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF[^]{4}WEBP/],
  ["image/avif", /^[^]{4}ftypavi[fs]/],
  ["image/heic", /^[^]{4}ftyphe(?:i[cmsx]|v[cmsx])/],
  ["application/pdf", /^%PDF-[12]\.\d/],
];

/**
 * Returns the content type to declare. A file whose name says another sort of file than its bytes is declared by its name,
 * so that the API says what is wrong with it. Throws AirlockError `file_unreadable`.
 * @param {File} file
 */
export async function detectContentType(file) {
  const head = String.fromCharCode(...(await readFirstBytes(file, LENGTH)));
  const found = SIGNATURES.find(([, signature]) => signature.test(head))?.[0];
  const named = guessContentType(file);
  return found && (named === UNKNOWN_TYPE || sortOf(named) === sortOf(found)) ? found : named;
}

/** @param {string} contentType */
function sortOf(contentType) {
  return contentType.split("/")[0];
}

/**
 * Guesses the content type from the file's extension, then from the browser. The extension takes precedence, because
 * the browser's types come from the operating system and are often missing or wrong (a .csv is
 * `application/vnd.ms-excel` where Excel is installed).
 * @param {{name: string, type: string}} file
 */
export function guessContentType(file) {
  const extension = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? "";
  return BY_EXTENSION.get(extension) ?? (file.type || UNKNOWN_TYPE);
}
