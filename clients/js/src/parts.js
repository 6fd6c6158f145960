/** State of the parts of one file: which S3 has stored, which are in flight, and which are still to be sent. */

/** @typedef {{partNumber: number, size: number}} UploadedPart  A part that S3 has stored; `size` is bytes. */

/**
 * @typedef {object} PartRequest  A part in flight.
 * @property {number} partNumber
 * @property {number} loaded  Bytes.
 * @property {number} startedAt  Milliseconds.
 * @property {AbortController} controller  Cancels the request.
 */

/** Milliseconds. A pause does not cancel a request that is expected to end sooner. */
const ALMOST_DONE_MS = 3_000;

export class Parts {
  #file;
  #partSize;
  #partCount;
  /** Bytes that S3 has stored. */
  storedBytes = 0;
  /** Part numbers that are still to be sent. @type {number[]} */
  queue = [];
  /** Part numbers that were taken from the queue and are not stored yet. @type {Set<number>} */
  claimed = new Set();
  /** @type {Set<PartRequest>} */
  requests = new Set();

  /**
   * @param {File} file
   * @param {{partSize: number, partCount: number}} plan  `partSize` is the bytes of every part but the last.
   */
  constructor(file, { partSize, partCount }) {
    this.#file = file;
    this.#partSize = partSize;
    this.#partCount = partCount;
  }

  /**
   * Queues every part that is missing in S3 or has another size than planned.
   * @param {UploadedPart[]} uploaded
   */
  queueMissing(uploaded) {
    const stored = new Set(uploaded.filter((part) => this.isWhole(part)).map(({ partNumber }) => partNumber));
    const all = Array.from({ length: this.#partCount }, (_, index) => index + 1);
    this.queue = all.filter((partNumber) => !stored.has(partNumber));
    this.storedBytes = [...stored].reduce((bytes, partNumber) => bytes + this.sizeOf(partNumber), 0);
  }

  /** Takes the next part number from the queue, which must not be empty. */
  claimNext() {
    const partNumber = /** @type {number} */ (this.queue.shift());
    this.claimed.add(partNumber);
    return partNumber;
  }

  /** Records that S3 has stored the part. @param {number} partNumber */
  confirm(partNumber) {
    this.claimed.delete(partNumber);
    this.storedBytes += this.sizeOf(partNumber);
  }

  /** Returns true when the stored part has the planned size. @param {UploadedPart} part */
  isWhole({ partNumber, size }) {
    return size === this.sizeOf(partNumber);
  }

  /** Returns bytes. @param {number} partNumber */
  sizeOf(partNumber) {
    return Math.min(this.#partSize, this.#file.size - (partNumber - 1) * this.#partSize);
  }

  /** Returns the part's slice of the file, which is not read yet. @param {number} partNumber */
  slice(partNumber) {
    return this.#file.slice((partNumber - 1) * this.#partSize, partNumber * this.#partSize);
  }

  /** Bytes that are stored or sent. */
  get loadedBytes() {
    return [...this.requests].reduce((bytes, { loaded }) => bytes + loaded, this.storedBytes);
  }

  /**
   * Cancels the requests in flight, for a pause.
   * @param {unknown} reason
   * @param {number} now  Milliseconds.
   */
  cancelRequests(reason, now) {
    for (const { partNumber, loaded, startedAt, controller } of this.requests) {
      const remaining = ((this.sizeOf(partNumber) - loaded) * (now - startedAt)) / loaded;
      if (!(remaining < ALMOST_DONE_MS)) controller.abort(reason); // NaN before the first progress event
    }
  }
}
