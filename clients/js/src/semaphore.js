/** A counting semaphore: limits how many tasks run at once, for example the connections that all uploads share. */

import { AdmissionQueue } from "./admission-queue.js";

export class Semaphore {
  #free;
  #queue = new AdmissionQueue(
    () => this.#free > 0,
    () => this.#free--,
  );

  /** @param {number} permits */
  constructor(permits) {
    this.#free = permits;
  }

  /**
   * Runs the task as soon as a permit is free, first come, first served.
   * @template T
   * @param {() => Promise<T>} task
   * @param {AbortSignal} signal  Ends the wait for a permit; rejects with its reason.
   * @returns {Promise<T>}
   */
  async run(task, signal) {
    await this.#queue.enter(null, signal);
    try {
      return await task();
    } finally {
      this.#free++;
      this.#queue.admit();
    }
  }
}
