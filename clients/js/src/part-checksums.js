/** SHA-256 checksums of parts, computed ahead of their sending where hashing is fast enough. */

import { canHash } from "./bytes.js";
import { AirlockError } from "./errors.js";
import { Hasher } from "./hasher.js";
import { MULTIPART_THRESHOLD } from "./part-size.js";
import { sleep, waitForEvent } from "./wait.js";

/** @import { Parts } from "./parts.js" */
/** @import { UploadOptions } from "./types.js" */

/** Bytes. A part must fit into memory to be hashed; parts of files up to 1.2 TiB have 128 MiB at most. */
const MAX_FILE_SIZE = 10_000 * 128 * 1024 ** 2;
const SAMPLE_SIZE = 8 * 1024 ** 2;
/** Hashing must be so many times faster than the connection, so that sending never waits for it. */
const MIN_SPEED_RATIO = 10;
/** The first batch of URLs waits this long for checksums, so that most files need one call instead of several. */
const FIRST_BATCH_MS = 3_000;

/**
 * Decides whether the parts of a new upload have checksums. It cannot be changed later. A file that a faster line sends in
 * one request, with a checksum, has checksums by default. Throws AirlockError `checksum_unavailable`.
 * @param {File} file
 * @param {NonNullable<UploadOptions["checksum"]>} mode
 * @param {number | null} uploadSpeed  Bytes per second; null while unknown.
 * @returns {Promise<boolean>}
 */
export async function decidePartChecksums(file, mode, uploadSpeed) {
  if (mode === "always" && !canHash()) {
    throw new AirlockError({ code: "checksum_unavailable", detail: "Checksums require a secure context (HTTPS)." });
  }
  if (mode !== "auto") return mode === "always";
  if (file.size <= MULTIPART_THRESHOLD) return canHash();
  if (!canHash() || file.size > MAX_FILE_SIZE || uploadSpeed === null) return false;
  return (await measureHashingSpeed(file)) > uploadSpeed * MIN_SPEED_RATIO;
}

/** Returns bytes per second. @param {File} file */
async function measureHashingSpeed(file) {
  const hasher = new Hasher();
  try {
    await hasher.digest(file.slice(0, 1)); // starts the worker, which is not measured
    const startedAt = performance.now();
    await hasher.digest(file.slice(0, SAMPLE_SIZE));
    return (SAMPLE_SIZE / (performance.now() - startedAt)) * 1000;
  } finally {
    hasher.close();
  }
}

export class PartChecksums extends EventTarget {
  /** SHA-256 in lower-case hex by part number, as far as computed. @type {Map<number, string>} */
  digests = new Map();
  #parts;
  #hasher = new Hasher();
  #hasEnded = false;
  #firstBatch;

  /**
   * Starts hashing the queued parts in the order of their sending.
   * @param {Parts} parts
   * @param {AbortSignal} signal  Ends the hashing.
   */
  constructor(parts, signal) {
    super();
    this.#parts = parts;
    // An error is not handled here: `waitFor` hashes the part again, and throws it.
    const all = this.#hashQueue(signal).catch(() => {}).finally(() => this.#end());
    this.#firstBatch = Promise.race([all, sleep(FIRST_BATCH_MS)]);
  }

  #end() {
    this.#hasEnded = true;
    this.#hasher.close();
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Resolves when the digest of the part is known. Throws AirlockError `file_unreadable`.
   * @param {number} partNumber
   * @param {AbortSignal} signal
   */
  async waitFor(partNumber, signal) {
    await this.#firstBatch;
    while (!this.digests.has(partNumber) && !this.#hasEnded) await waitForEvent(this, "change", signal);
    // A part that S3 had stored and then lost was not in the queue at the start.
    if (!this.digests.has(partNumber)) await this.#hash(partNumber);
  }

  /** @param {AbortSignal} signal */
  async #hashQueue(signal) {
    for (const partNumber of [...this.#parts.queue]) {
      signal.throwIfAborted();
      await this.#hash(partNumber);
      this.dispatchEvent(new Event("change"));
    }
  }

  /** @param {number} partNumber */
  async #hash(partNumber) {
    this.digests.set(partNumber, await this.#hasher.digest(this.#parts.slice(partNumber)));
  }
}
