/** Pauses and resumes an upload, as an AbortController aborts one. */

import { AirlockError } from "./errors.js";
import { waitForEvent } from "./wait.js";

/** Code of the error of a request that a pause has cancelled; `retry` does not count it. */
export const PAUSED = "paused";

export class PauseController extends EventTarget {
  #running = new AbortController();

  get isPaused() {
    return this.#running.signal.aborted;
  }

  /** The error of requests that the present pause cancels. */
  get reason() {
    return this.#running.signal.reason;
  }

  /** Dispatches `change`, as `resume` does. Idempotent. */
  pause() {
    if (this.isPaused) return;
    this.#running.abort(new AirlockError({ code: PAUSED, detail: "The upload is paused." }));
    this.dispatchEvent(new Event("change"));
  }

  resume() {
    if (!this.isPaused) return;
    this.#running = new AbortController();
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Returns a signal that the next pause aborts, as well as the given one.
   * @param {AbortSignal} signal
   */
  combineWith(signal) {
    return AbortSignal.any([signal, this.#running.signal]);
  }

  /**
   * Resolves when the upload is not paused.
   * @param {AbortSignal} [signal]  Rejects with its reason.
   * @returns {Promise<void>}
   */
  async waitUntilResumed(signal) {
    while (this.isPaused) await waitForEvent(this, "change", signal);
  }
}
