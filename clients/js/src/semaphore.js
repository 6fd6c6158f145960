/** A counting semaphore: limits how many tasks run at once, for example the connections that all uploads share. */

export class Semaphore {
  #free;
  /** @type {(() => void)[]} */
  #waiting = [];

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
    await this.#acquire(signal);
    try {
      return await task();
    } finally {
      this.#release();
    }
  }

  /** @param {AbortSignal} signal @returns {Promise<void>} */
  #acquire(signal) {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const leaveQueue = () => {
        this.#waiting.splice(this.#waiting.indexOf(grant), 1);
        signal.removeEventListener("abort", cancel);
      };
      const grant = () => {
        leaveQueue();
        this.#free--;
        resolve();
      };
      const cancel = () => {
        leaveQueue();
        reject(signal.reason);
      };
      this.#waiting.push(grant);
      signal.addEventListener("abort", cancel);
      if (this.#free > 0) grant();
    });
  }

  #release() {
    this.#free++;
    this.#waiting[0]?.();
  }
}
