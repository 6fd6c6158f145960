/** What the user has stored, and the limit. The only module that knows where the figures come from. */

/** @import { Airlock, Kinds } from "airlock-uploads" */

/** The figures come from one call of the list, so they are a minimum for users with more documents. */
const MAX_COUNTED = 100;

/**
 * @typedef {object} Usage  Bytes.
 * @property {number} storedBytes
 * @property {number} maxStoredBytes
 * @property {boolean} isMinimum  True if more may be stored.
 */

/**
 * Returns null for an API that names no limits. Throws AirlockError.
 * @param {Airlock} airlock
 * @param {Kinds | null} kinds
 * @param {AbortSignal} signal
 * @returns {Promise<Usage | null>}
 */
export async function readUsage(airlock, kinds, signal) {
  if (!kinds?.limits) return null;
  const { documents, nextCursor } = await airlock.list({ limit: MAX_COUNTED, signal });
  const stored = documents.filter(({ status }) => status === "ready" || status === "processing");
  const sizes = stored.flatMap(({ size, renditions }) => [size, ...Object.values(renditions).map((each) => each.size)]);
  return {
    storedBytes: sizes.reduce((total, size) => total + size, 0),
    maxStoredBytes: kinds.limits.storedBytes,
    isMinimum: nextCursor !== null,
  };
}
