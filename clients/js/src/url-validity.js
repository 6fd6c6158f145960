/** How long a page may use a presigned URL. */

/** A URL must still be valid when S3 has read the request. */
const SAFETY_MARGIN_MS = 60_000;
/**
 * Maximum lifetime of a URL. The clock of this machine may be wrong, so no URL is trusted for longer, and a new one
 * is used whatever its expiry says.
 */
const MAX_LIFETIME_MS = 15 * 60_000;

/**
 * Returns the time until which a URL that was just issued is used, in milliseconds since 1970.
 * @param {string} expiresAt
 */
export function computeValidity(expiresAt) {
  const now = Date.now();
  const lifetime = Math.min(Date.parse(expiresAt) - now, MAX_LIFETIME_MS);
  return now + Math.max(lifetime - SAFETY_MARGIN_MS, lifetime / 2, SAFETY_MARGIN_MS / 2);
}
