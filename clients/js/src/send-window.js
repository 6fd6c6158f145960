/**
 * Limits the bytes of parts in flight, of all uploads together, to what the line sends in a few seconds, because a page that
 * is closed sends them again. On a slow line one part is sent at a time.
 */

import { AdmissionQueue } from "./admission-queue.js";
import { AirlockError } from "./errors.js";
import { MAX_LOSS_S, MIN_SPEED } from "./part-size.js";

/** @import { LineSpeed } from "./line-speed.js" */

/** Code of the error of a part that the window has cancelled; `retry` does not count it. */
export const DEFERRED = "deferred";
/** Milliseconds. Only a part that was just started is cancelled, because its bytes are lost. */
const MAX_AGE_MS = 5_000;

/** Parts are cancelled when their bytes exceed the window so far, because the measured speed is never steady. */
const MAX_EXCESS = 1.25;

/** @typedef {{size: number, startedAt: number, controller: AbortController}} PartInFlight */

export class SendWindow {
  #speed;
  /** In the order of their start. @type {Set<PartInFlight>} */
  #parts = new Set();
  /** @type {AdmissionQueue<PartInFlight>} */
  #queue = new AdmissionQueue(
    ({ size }) => this.#parts.size === 0 || this.#bytes + size <= this.#maxBytes,
    (part) => this.#start(part),
  );

  /** @param {Pick<LineSpeed, "bytesPerSecond" | "addEventListener">} speed */
  constructor(speed) {
    this.#speed = speed;
    speed.addEventListener("change", () => this.#adjust(performance.now()));
  }

  /**
   * Runs the task as soon as the part fits into the window. The signal of the task is aborted, with an error of the code
   * DEFERRED, when the line turns out to be too slow for so many parts.
   * @template T
   * @param {number} size  Bytes of the part.
   * @param {(deferral: AbortSignal) => Promise<T>} task
   * @param {AbortSignal} signal  Ends the wait; rejects with its reason.
   * @returns {Promise<T>}
   */
  async run(size, task, signal) {
    const part = { size, startedAt: 0, controller: new AbortController() };
    await this.#queue.enter(part, signal);
    try {
      return await task(part.controller.signal);
    } finally {
      this.#parts.delete(part);
      this.#queue.admit();
    }
  }

  /** @param {PartInFlight} part */
  #start(part) {
    part.startedAt = performance.now();
    this.#parts.add(part);
  }

  get #bytes() {
    return [...this.#parts].reduce((bytes, { size }) => bytes + size, 0);
  }

  get #maxBytes() {
    const { bytesPerSecond } = this.#speed;
    if (bytesPerSecond === null) return Infinity;
    return bytesPerSecond < MIN_SPEED ? 0 : bytesPerSecond * MAX_LOSS_S;
  }

  /** @param {number} now  Milliseconds. */
  #adjust(now) {
    if (this.#bytes > this.#maxBytes * MAX_EXCESS) this.#cancelLast(now);
    this.#queue.admit();
  }

  /** Cancels the parts that began last, until the others fit. One always stays. @param {number} now */
  #cancelLast(now) {
    let bytes = this.#bytes;
    const [, ...others] = this.#parts;
    for (const { size, startedAt, controller } of others.reverse()) {
      if (bytes <= this.#maxBytes || now - startedAt > MAX_AGE_MS) return;
      controller.abort(new AirlockError({ code: DEFERRED, detail: "The line is too slow for another part." }));
      bytes -= size;
    }
  }
}
