/** Reading a file's bytes, and their SHA-256. */

import { AirlockError } from "./errors.js";

/**
 * All of it, in memory.
 * @param {Blob} blob
 */
async function read(blob) {
  try {
    return await blob.arrayBuffer();
  } catch {
    throw unreadable();
  }
}

export function unreadable() {
  return new AirlockError({
    code: "file_unreadable",
    detail: "The file cannot be read any more. It may have been moved, changed or deleted.",
  });
}

/**
 * A file that was moved or changed since it was chosen looks like a lost connection when it is sent.
 * @param {Blob} blob
 */
export async function assertReadable(blob) {
  await read(blob.slice(0, 1));
}

/** Web Crypto is missing where the page was not served securely. */
export function canHash() {
  return Boolean(globalThis.crypto?.subtle);
}

/**
 * Lower-case hex. Web Crypto hashes only what is in memory as a whole.
 * @param {Blob} blob
 */
export async function sha256(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await read(blob));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
