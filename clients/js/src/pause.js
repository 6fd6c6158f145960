/** A switch that holds an upload and lets it go on. */

import { AirlockError } from "./errors.js";
import { next } from "./wait.js";

/** What a request that a pause has cut off fails with; `retrying` does not count it. */
export const PAUSED = "paused";

export class Pause extends EventTarget {
  #running = new AbortController();

  get on() {
    return this.#running.signal.aborted;
  }

  /** What to fail with during a pause. */
  get reason() {
    return this.#running.signal.reason;
  }

  /** Dispatches `change`, as `end` does; again is the same as once. */
  begin() {
    if (this.on) return;
    this.#running.abort(new AirlockError({ code: PAUSED, detail: "The upload is paused." }));
    this.dispatchEvent(new Event("change"));
  }

  end() {
    if (!this.on) return;
    this.#running = new AbortController();
    this.dispatchEvent(new Event("change"));
  }

  /**
   * A signal for what is to be cut off by a pause that begins from now on.
   * @param {AbortSignal} signal  Cuts it off as well.
   */
  or(signal) {
    return AbortSignal.any([signal, this.#running.signal]);
  }

  /**
   * Resolves when there is no pause (any more).
   * @param {AbortSignal} [signal]  Rejects with its reason.
   * @returns {Promise<void>}
   */
  async over(signal) {
    while (this.on) await next(this, "change", signal);
  }
}
