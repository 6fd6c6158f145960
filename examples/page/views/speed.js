/** How fast bytes move, over the last few seconds, so that a stall shows and a start does not linger. */

const WINDOW_MS = 5_000;

export class Speed {
  /** @type {{at: number, loaded: number}[]} */
  #samples = [];

  /**
   * Bytes a second; 0 until it can be told.
   * @param {number} loaded  Bytes so far; less than before means a new try.
   * @param {number} now  Milliseconds.
   */
  add(loaded, now) {
    if (loaded < (this.#samples.at(-1)?.loaded ?? 0)) this.#samples = [];
    this.#samples.push({ at: now, loaded });
    while (this.#samples.length > 2 && this.#samples[0].at < now - WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0];
    return now - first.at < 250 ? 0 : ((loaded - first.loaded) / (now - first.at)) * 1000;
  }
}
