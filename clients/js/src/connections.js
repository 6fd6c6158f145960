/** The connections that all uploads of a page share; who finds none free waits for its turn. */

export class Connections {
  #free;
  /** @type {(() => void)[]} */
  #waiting = [];

  /** @param {number} count */
  constructor(count) {
    this.#free = count;
  }

  /**
   * Runs `work` with a connection of its own.
   * @template T
   * @param {() => Promise<T>} work
   * @param {AbortSignal} signal  Ends the waiting; rejects with its reason.
   * @returns {Promise<T>}
   */
  async run(work, signal) {
    await this.#take(signal);
    try {
      return await work();
    } finally {
      this.#free++;
      this.#waiting[0]?.();
    }
  }

  /** @param {AbortSignal} signal @returns {Promise<void>} */
  #take(signal) {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        signal.removeEventListener("abort", refuse);
      };
      const enter = () => (leave(), this.#free--, resolve());
      const refuse = () => (leave(), reject(signal.reason));
      this.#waiting.push(enter);
      signal.addEventListener("abort", refuse);
      if (this.#free > 0) enter();
    });
  }
}
