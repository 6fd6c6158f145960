/** Reads and hashes the bytes of a file. */

import { AirlockError } from "./errors.js";

/**
 * Reads the whole blob into memory. Throws AirlockError `file_unreadable`.
 * @param {Blob} blob
 */
async function readBytes(blob) {
  try {
    return await blob.arrayBuffer();
  } catch {
    throw createUnreadableError();
  }
}

export function createUnreadableError() {
  return new AirlockError({
    code: "file_unreadable",
    detail: "The file can no longer be read. It may have been moved, changed or deleted.",
  });
}

/**
 * Throws AirlockError `file_unreadable` for a file that was moved or changed after it was chosen. Sending such a file
 * fails like a lost connection, so it is checked before.
 * @param {Blob} blob
 */
export async function assertReadable(blob) {
  await readFirstBytes(blob, 1);
}

/**
 * Reads up to `length` bytes. Throws AirlockError `file_unreadable`.
 * @param {Blob} blob
 * @param {number} length
 */
export async function readFirstBytes(blob, length) {
  return new Uint8Array(await readBytes(blob.slice(0, length)));
}

/** Returns false on pages without a secure context, where browsers have no Web Crypto. */
export function canHash() {
  return Boolean(globalThis.crypto?.subtle);
}

/**
 * Computes the SHA-256 in lower-case hex. The blob must fit into memory, because Web Crypto cannot hash a stream.
 * @param {Blob} blob
 */
export async function sha256(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await readBytes(blob));
  return formatHex(new Uint8Array(digest));
}

/** @param {Uint8Array} bytes */
export function formatHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
