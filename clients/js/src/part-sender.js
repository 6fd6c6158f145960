/** The way of one part to S3, with all that can go wrong on it. */

import { assertReadable } from "./bytes.js";
import { PAUSED } from "./pause.js";
import { ATTEMPTS, REFUSALS, retrying } from "./retry.js";
import { send } from "./send.js";

/** @import { Pace } from "./pace.js" */
/** @import { PartChecksums } from "./part-checksums.js" */
/** @import { PartUrls } from "./part-urls.js" */
/** @import { Flight, HeldPart, Parts } from "./parts.js" */
/** @import { Transfer } from "./strategies.js" */

/**
 * @typedef {object} Trouble  What a part has been through.
 * @property {number} refusals
 * @property {boolean} sent  All of it has gone once, and no answer came: it may have arrived.
 */

export class PartSender {
  #to;
  #parts;
  #pace;
  #urls;
  #checksums;
  #list;

  /**
   * @param {Transfer} transfer
   * @param {object} means
   * @param {Parts} means.parts
   * @param {Pace} means.pace
   * @param {PartUrls} means.urls
   * @param {PartChecksums | null} means.checksums
   * @param {() => Promise<HeldPart[]>} means.list  What S3 holds.
   */
  constructor(transfer, { parts, pace, urls, checksums, list }) {
    this.#to = transfer;
    this.#parts = parts;
    this.#pace = pace;
    this.#urls = urls;
    this.#checksums = checksums;
    this.#list = list;
  }

  /**
   * Resolves when S3 has it.
   * @param {number} partNumber
   */
  async send(partNumber) {
    const { connections, pause, signal, onStatus } = this.#to;
    await this.#checksums?.wait(partNumber, signal);
    /** @type {Trouble} */
    const trouble = { refusals: 0, sent: false };
    const attempt = () => connections.run(() => this.#attempt(partNumber, trouble), signal);
    const onWait = () => this.#parts.flights.size === 0 && onStatus("waiting");
    await retrying(attempt, { attempts: ATTEMPTS, signal, pause, onWait }).catch((error) => {
      if (error.code !== "NoSuchUpload") throw error;
      this.#parts.queue.length = 0; // it was completed or aborted elsewhere, and complete will tell which
    });
  }

  /**
   * @param {number} partNumber
   * @param {Trouble} trouble
   */
  async #attempt(partNumber, trouble) {
    const { pause, onStatus } = this.#to;
    if (!trouble.sent || !(await this.#isHeld(partNumber))) {
      const blob = this.#parts.blob(partNumber);
      await assertReadable(blob);
      const request = await this.#urls.of(partNumber);
      if (pause.on) throw pause.reason;
      onStatus("uploading");
      const flight = { partNumber, loaded: 0, startedAt: performance.now(), cut: new AbortController() };
      await this.#fly(blob, request, flight).catch((error) => {
        this.#failed(flight, trouble, error);
        throw error;
      });
    }
    this.#parts.confirm(partNumber);
    this.#urls.drop(partNumber);
    this.#pace.arrived();
    this.#report();
  }

  /**
   * @param {Blob} blob
   * @param {{url: string, headers: Record<string, string>}} request
   * @param {Flight} flight
   */
  async #fly(blob, request, flight) {
    const { flights } = this.#parts;
    flights.add(flight);
    const onProgress = (/** @type {number} */ loaded) => {
      this.#pace.moved(loaded - flight.loaded, flights.size, performance.now());
      flight.loaded = loaded;
      this.#report();
    };
    try {
      await send(blob, { ...request, onProgress, signal: AbortSignal.any([this.#to.signal, flight.cut.signal]) });
    } finally {
      flights.delete(flight);
    }
  }

  /**
   * @param {Flight} flight
   * @param {Trouble} trouble
   * @param {any} error
   */
  #failed({ partNumber, loaded }, trouble, error) {
    const { code, status } = error;
    this.#report();
    if (code === PAUSED) return;
    trouble.sent ||= code === "network" && loaded === this.#parts.sizeOf(partNumber);
    if (status === 403 && ++trouble.refusals >= REFUSALS) error.temporary = false;
    if (status === 429 || status >= 500 || (status === 0 && navigator.onLine)) this.#pace.failed(performance.now());
    // S3 refuses an old URL before it has read the part, which a browser may take for a lost connection.
    if (status < 429) this.#urls.drop(partNumber);
  }

  /** @param {number} partNumber */
  async #isHeld(partNumber) {
    const held = await this.#list();
    return held.some((part) => part.partNumber === partNumber && this.#parts.isWhole(part));
  }

  #report() {
    this.#to.onProgress(this.#parts.loaded);
  }
}
