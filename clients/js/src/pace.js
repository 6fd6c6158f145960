/**
 * How many parts travel at once: as many as make the whole faster, and no more, because what is under way when the
 * page is closed must be sent again. Tries one more from time to time, and one less where a part takes long.
 */

const FIRST = 4;
/** S3 speaks HTTP/1.1, for which browsers open six connections to a host; one is left for a download. */
export const MOST = 5;
/** Each number is watched this long, after a start that only fills the buffers on the way. */
const WATCHED_MS = 2_000;
const START_MS = 1_000;
const BETWEEN_TRIALS_MS = 30_000;
/** A part that takes longer is much to lose, so fewer at once are tried. */
const LONG_PART_MS = 60_000;

export class Pace extends EventTarget {
  /** How many there should be; dispatches `change` when it grows. */
  width = FIRST;
  #partSize;
  #since = 0;
  #bytes = 0;
  #nextTrial = 0;
  #failedAt = -Infinity;
  /** @type {{from: number, rate: number} | null} */
  #trial = null;

  /** @param {number} partSize  Bytes. */
  constructor(partSize) {
    super();
    this.#partSize = partSize;
  }

  /**
   * @param {number} bytes  That have just gone.
   * @param {number} running  Parts under way.
   * @param {number} now  Milliseconds.
   */
  moved(bytes, running, now) {
    if (running !== this.width) this.#since = 0;
    else if (this.#since === 0) [this.#since, this.#bytes] = [now + START_MS, 0];
    else if (now >= this.#since) this.#watch(bytes, now);
  }

  /**
   * An error: the line, or S3, does not bear so many. Parts that fail together count once.
   * @param {number} now  Milliseconds.
   */
  failed(now) {
    if (now - this.#failedAt < WATCHED_MS) return;
    [this.#failedAt, this.#nextTrial, this.#trial] = [now, now + BETWEEN_TRIALS_MS, null];
    this.#set(Math.max(1, Math.floor(this.width / 2)));
  }

  /** A part has arrived, which after an error brings the number back. */
  arrived() {
    if (this.#failedAt === -Infinity) return;
    if (this.width < FIRST) this.#set(this.width + 1);
    else this.#failedAt = -Infinity;
  }

  /**
   * @param {number} bytes
   * @param {number} now
   */
  #watch(bytes, now) {
    this.#bytes += bytes;
    const watched = now - this.#since;
    if (watched < WATCHED_MS) return;
    const rate = this.#bytes / watched;
    [this.#since, this.#bytes] = [now, 0];
    if (this.#trial) this.#judge(this.#trial, rate, now);
    else if (now >= this.#nextTrial) this.#try(rate);
  }

  /** @param {number} rate  Bytes a millisecond. */
  #try(rate) {
    const long = (this.#partSize * this.width) / rate > LONG_PART_MS;
    const width = long ? Math.max(1, this.width - 1) : Math.min(MOST, this.width + 1);
    if (width === this.width) return;
    this.#trial = { from: this.width, rate };
    this.#set(width);
  }

  /**
   * One more must bring at least half of its share; one less may cost a tenth of it all.
   * @param {{from: number, rate: number}} trial
   * @param {number} rate
   * @param {number} now
   */
  #judge({ from, rate: before }, rate, now) {
    const wanted = this.width > from ? 1 + 0.5 / from : 0.9;
    this.#trial = null;
    if (rate >= before * wanted) return this.#try(rate);
    this.#nextTrial = now + BETWEEN_TRIALS_MS;
    this.#set(from);
  }

  /** @param {number} width */
  #set(width) {
    const more = width > this.width;
    [this.width, this.#since] = [width, 0];
    if (more) this.dispatchEvent(new Event("change"));
  }
}
