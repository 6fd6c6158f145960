/**
 * Chooses by the speed of the line whether a file is sent in parts, and the size of the parts. What was sent of a request
 * is lost when its page is closed: at most about ten seconds of sending on any line of 10 Mbit/s or more.
 */

const MIB = 1024 ** 2;
/** Seconds of sending that the bytes in flight may take. */
export const MAX_LOSS_S = 10;
/** Bytes per second, 10 Mbit/s. On a slower line one part is sent at a time. */
export const MIN_SPEED = 10e6 / 8;
/** Bytes. No smaller file is sent in parts. */
export const MIN_SIZE_IN_PARTS = MIN_SPEED * MAX_LOSS_S;
/** Bytes. Every larger file is sent in parts. */
export const MULTIPART_THRESHOLD = 64 * MIB;
/** More than one part at a time, because one connection may be slower than the line. */
const PARTS_IN_FLIGHT = 3;
const MIN_PART_SIZE = 8 * MIB;
const MAX_PART_SIZE = 64 * MIB;
/** Bytes of a file up to which its parts are small while the speed is unknown. */
const SMALL_FILE = 256 * MIB;
const UNKNOWN_SPEED_PART_SIZE = 32 * MIB;

/**
 * Returns true for a file that one request would send for too long.
 * @param {number} size  Bytes.
 * @param {number | null} bytesPerSecond  Null while unknown, which counts as slow.
 */
export function isSentInParts(size, bytesPerSecond) {
  return size > clamp((bytesPerSecond ?? 0) * MAX_LOSS_S, MIN_SIZE_IN_PARTS, MULTIPART_THRESHOLD);
}

/**
 * Returns the size of a part in bytes. The server may plan larger parts, because S3 accepts 10,000 of them.
 * @param {number} size  Bytes of the file.
 * @param {number | null} bytesPerSecond  Null while unknown.
 */
export function choosePartSize(size, bytesPerSecond) {
  if (bytesPerSecond === null) return size <= SMALL_FILE ? MIN_PART_SIZE : UNKNOWN_SPEED_PART_SIZE;
  const mebibytes = Math.floor((bytesPerSecond * MAX_LOSS_S) / PARTS_IN_FLIGHT / MIB);
  return clamp(mebibytes * MIB, MIN_PART_SIZE, MAX_PART_SIZE);
}

/**
 * @param {number} value
 * @param {number} minimum
 * @param {number} maximum
 */
function clamp(value, minimum, maximum) {
  return Math.min(Math.max(value, minimum), maximum);
}
