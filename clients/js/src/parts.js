/** The parts of one file: which of them S3 holds, which are under way, and which are still to be sent. */

/** @typedef {{partNumber: number, size: number}} HeldPart  As the API lists it; bytes. */

/**
 * @typedef {object} Flight  A part under way.
 * @property {number} partNumber
 * @property {number} loaded  Bytes.
 * @property {number} startedAt  Milliseconds.
 * @property {AbortController} cut  Ends the request.
 */

/** What is so near to its end is not cut off by a pause. */
const NEARLY_THERE_MS = 3_000;

export class Parts {
  #file;
  #partSize;
  #partCount;
  /** Bytes that S3 has. */
  confirmed = 0;
  /** Part numbers that wait for their turn. @type {number[]} */
  queue = [];
  /** Part numbers that were taken from there, and have not arrived. @type {Set<number>} */
  open = new Set();
  /** @type {Set<Flight>} */
  flights = new Set();

  /**
   * @param {File} file
   * @param {{partSize: number, partCount: number}} plan  Bytes of every part but the last, which has the rest.
   */
  constructor(file, { partSize, partCount }) {
    this.#file = file;
    this.#partSize = partSize;
    this.#partCount = partCount;
  }

  /**
   * Queues what is missing, or has another size than planned.
   * @param {HeldPart[]} uploaded  What S3 holds.
   */
  fill(uploaded) {
    const held = new Set(uploaded.filter((part) => this.isWhole(part)).map(({ partNumber }) => partNumber));
    const all = Array.from({ length: this.#partCount }, (_, index) => index + 1);
    this.queue = all.filter((partNumber) => !held.has(partNumber));
    this.confirmed = [...held].reduce((bytes, partNumber) => bytes + this.sizeOf(partNumber), 0);
  }

  /** The next one in the queue, which is now somebody's to bring to S3. */
  take() {
    const partNumber = /** @type {number} */ (this.queue.shift());
    this.open.add(partNumber);
    return partNumber;
  }

  /** S3 has it. @param {number} partNumber */
  confirm(partNumber) {
    this.open.delete(partNumber);
    this.confirmed += this.sizeOf(partNumber);
  }

  /** @param {HeldPart} part */
  isWhole({ partNumber, size }) {
    return size === this.sizeOf(partNumber);
  }

  /** Bytes. @param {number} partNumber */
  sizeOf(partNumber) {
    return Math.min(this.#partSize, this.#file.size - (partNumber - 1) * this.#partSize);
  }

  /** Reads nothing yet. @param {number} partNumber */
  blob(partNumber) {
    return this.#file.slice((partNumber - 1) * this.#partSize, partNumber * this.#partSize);
  }

  /** Bytes that are there or on their way. */
  get loaded() {
    return [...this.flights].reduce((bytes, { loaded }) => bytes + loaded, this.confirmed);
  }

  /**
   * Cuts off what is under way, for a pause.
   * @param {unknown} reason
   * @param {number} now  Milliseconds.
   */
  cutOff(reason, now) {
    for (const { partNumber, loaded, startedAt, cut } of this.flights) {
      const left = ((this.sizeOf(partNumber) - loaded) * (now - startedAt)) / loaded;
      if (!(left < NEARLY_THERE_MS)) cut.abort(reason);
    }
  }
}
