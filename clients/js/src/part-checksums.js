/** The SHA-256 of each part, taken ahead of its sending; and whether that is affordable. */

import { canHash } from "./bytes.js";
import { AirlockError } from "./errors.js";
import { Hasher } from "./hasher.js";
import { recall, remember } from "./memory.js";
import { next, sleep } from "./wait.js";

/** @import { Parts } from "./parts.js" */

/** A part must fit into memory to be hashed. The service's parts stay below this up to files of 1.2 TiB. */
const LARGEST_FILE = 10_000 * 128 * 1024 ** 2;
const SAMPLE = 8 * 1024 ** 2;
/** So much faster than the line must hashing be that nobody waits for it. */
const TIMES_FASTER = 10;
/** The first window of URLs waits this long for checksums: one call instead of several for most files. */
const FIRST_WINDOW_MS = 3_000;
const LINE = "line";

/**
 * Whether the parts of a new upload will have checksums; it cannot be changed later.
 * @param {File} file
 * @param {"auto" | "always" | "never"} wish
 * @returns {Promise<boolean>}
 */
export async function wantsChecksums(file, wish) {
  if (wish === "always" && !canHash()) {
    throw new AirlockError({ code: "checksum_unavailable", detail: "Checksums need a page that was served securely." });
  }
  if (wish !== "auto") return wish === "always";
  const line = recall(LINE);
  if (!canHash() || file.size > LARGEST_FILE || line === null) return false;
  return (await hashingSpeed(file)) > line * TIMES_FASTER;
}

/**
 * For the next upload from this browser, whose checksums are decided before its own speed can be known.
 * @param {number} speed  Bytes a second.
 */
export function rememberLine(speed) {
  remember(LINE, Math.round(speed));
}

/** Bytes a second. @param {File} file */
async function hashingSpeed(file) {
  const hasher = new Hasher();
  try {
    await hasher.digest(file.slice(0, 1)); // so that the start of the worker is not counted
    const start = performance.now();
    await hasher.digest(file.slice(0, SAMPLE));
    return (SAMPLE / (performance.now() - start)) * 1000;
  } finally {
    hasher.close();
  }
}

export class PartChecksums extends EventTarget {
  /** Those known so far, by part number. @type {Map<number, string>} */
  known = new Map();
  #parts;
  #hasher = new Hasher();
  #ended = false;
  #firstWindow;

  /**
   * Begins at once.
   * @param {Parts} parts  Those in its queue, in the order of their sending.
   * @param {AbortSignal} signal  Ends it.
   */
  constructor(parts, signal) {
    super();
    this.#parts = parts;
    // Who waits for a part tries it once more, and so learns of the error.
    const all = this.#hash(parts, signal).catch(() => {}).finally(() => this.#end());
    this.#firstWindow = Promise.race([all, sleep(FIRST_WINDOW_MS)]);
  }

  #end() {
    this.#ended = true;
    this.#hasher.close();
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Resolves when this part's is known. Throws AirlockError `file_unreadable`.
   * @param {number} partNumber
   * @param {AbortSignal} signal
   */
  async wait(partNumber, signal) {
    await this.#firstWindow;
    while (!this.known.has(partNumber) && !this.#ended) await next(this, "change", signal);
    // What S3 had and then lost was not in the queue when this began.
    if (!this.known.has(partNumber)) await this.#add(partNumber);
  }

  /**
   * @param {Parts} parts
   * @param {AbortSignal} signal
   */
  async #hash(parts, signal) {
    for (const partNumber of [...parts.queue]) {
      signal.throwIfAborted();
      await this.#add(partNumber);
      this.dispatchEvent(new Event("change"));
    }
  }

  /** @param {number} partNumber */
  async #add(partNumber) {
    this.known.set(partNumber, await this.#hasher.digest(this.#parts.blob(partNumber)));
  }
}
