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
   * Runs the task as soon as a permit is free: tasks with a higher priority first, and equal ones in order.
   * @template T
   * @param {() => Promise<T>} task
   * @param {AbortSignal} signal  Ends the wait for a permit; rejects with its reason.
   * @param {number} [priority]
   * @returns {Promise<T>}
   */
  async run(task, signal, priority) {
    await this.#queue.enter(null, signal, priority);
    try {
      return await task();
    } finally {
      this.#free++;
      this.#queue.admit();
    }
  }
}
