/** Names of content types in sentences, with their article. */

import { NAMES } from "./file-type-names.js";

/** Returns true for a type that Airlock knows. @param {string} contentType */
export function isKnownType(contentType) {
  return NAMES.has(contentType);
}

/**
 * Returns "a JPEG image" for image/jpeg, and names other types by their content type. A charset does not count.
 * @param {string} contentType
 */
export function nameType(contentType) {
  return NAMES.get(contentType.split(";")[0] ?? "") ?? `a file of type ${contentType}`;
}
