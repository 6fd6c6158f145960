/** Upload speed over the last few seconds, so that it shows a stall and does not include the start for long. */

const WINDOW_MS = 5_000;
const MIN_DURATION_MS = 250;

export class UploadSpeed {
  /** @type {{at: number, loaded: number}[]} */
  #samples = [];

  /**
   * Returns bytes per second, or 0 while too little was measured.
   * @param {number} loaded  Bytes so far; fewer than before mean that bytes are sent again.
   * @param {number} now  Milliseconds.
   */
  add(loaded, now) {
    const latest = { at: now, loaded };
    if (loaded < (this.#samples.at(-1)?.loaded ?? 0)) this.#samples = [];
    const samples = [...this.#samples, latest];
    const start = samples.findIndex(({ at }, index) => at >= now - WINDOW_MS || index >= samples.length - 2);
    this.#samples = samples.slice(start);
    const first = this.#samples[0] ?? latest;
    const duration = now - first.at;
    return duration < MIN_DURATION_MS ? 0 : ((loaded - first.loaded) / duration) * 1000;
  }
}
