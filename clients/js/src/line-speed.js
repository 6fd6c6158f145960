/**
 * Measures how fast the line sends, over all requests to the storage together, and remembers it for the next page.
 *
 * A browser counts bytes as sent when they are in a buffer, so the first second after a pause does not count.
 */

import * as storage from "./storage.js";

const NAME = "lineSpeed";
/** A speed that is older is unknown again, because the machine may be on another line. */
const MAX_AGE_MS = 12 * 3_600_000;
const WARM_UP_MS = 1_000;
const MEASURE_MS = 2_000;
/** Bytes; a smaller request that is measured by itself would measure the latency of the line. */
const MIN_REQUEST_SIZE = 4 * 1024 ** 2;
/** Share of its speed that a connection keeps on a line that has not become slower. */
const MIN_SHARE = 0.8;

/** @typedef {{bytesPerSecond: number, requests: number}} Measurement  `requests` were sent at the same time. */

/** @typedef {{startedAt: number, loaded: number}} MeasuredRequest  Milliseconds, and bytes that were sent. */

export class LineSpeed extends EventTarget {
  /** @type {Measurement | null} */
  #known = loadMeasurement();
  /** @type {Set<MeasuredRequest>} */
  #requests = new Set();
  #measuredSince = 0;
  #measuredBytes = 0;

  /** Null while unknown. Dispatches `change` after each measurement. */
  get bytesPerSecond() {
    return this.#known?.bytesPerSecond ?? null;
  }

  /**
   * Starts to measure a request.
   * @param {number} now  Milliseconds.
   * @returns {MeasuredRequest}
   */
  start(now) {
    if (this.#requests.size === 0) this.#restart(now + WARM_UP_MS);
    const request = { startedAt: now, loaded: 0 };
    this.#requests.add(request);
    return request;
  }

  /**
   * @param {MeasuredRequest} request
   * @param {number} loaded  Bytes of the request that were sent so far.
   * @param {number} now
   */
  record(request, loaded, now) {
    if (now >= this.#measuredSince) this.#measuredBytes += loaded - request.loaded;
    request.loaded = loaded;
    const duration = now - this.#measuredSince;
    if (duration < MEASURE_MS) return;
    this.#update((this.#measuredBytes / duration) * 1000, this.#requests.size);
    this.#restart(now);
  }

  /**
   * Ends the request. While the speed is unknown, one request that was stored is enough to measure it.
   * @param {MeasuredRequest} request
   * @param {boolean} isStored
   * @param {number} now
   */
  end(request, isStored, now) {
    this.#requests.delete(request);
    const isMeasurable = isStored && request.loaded >= MIN_REQUEST_SIZE;
    if (isMeasurable && !this.#known) this.#update((request.loaded / (now - request.startedAt)) * 1000, 1);
  }

  /** @param {number} now */
  #restart(now) {
    [this.#measuredSince, this.#measuredBytes] = [now, 0];
  }

  /**
   * @param {number} bytesPerSecond
   * @param {number} requests
   */
  #update(bytesPerSecond, requests) {
    if (this.#known && isSameLine(this.#known, { bytesPerSecond, requests })) return;
    this.#known = { bytesPerSecond: Math.round(bytesPerSecond), requests };
    storage.save(NAME, { ...this.#known, measuredAt: Date.now() });
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * Returns true for a lower speed of fewer requests, each of which is as fast as before. Where each connection has a limit
 * of its own, that does not mean that the line is slower.
 * @param {Measurement} known
 * @param {Measurement} measured
 */
function isSameLine(known, measured) {
  const isLess = measured.requests < known.requests && measured.bytesPerSecond < known.bytesPerSecond;
  const share = measured.bytesPerSecond / measured.requests / (known.bytesPerSecond / known.requests);
  return isLess && share >= MIN_SHARE;
}

/** Returns the measurement of an earlier page, or null. @returns {Measurement | null} */
function loadMeasurement() {
  const { bytesPerSecond, requests, measuredAt } = storage.load(NAME) ?? {};
  const age = Date.now() - measuredAt;
  return bytesPerSecond > 0 && requests > 0 && age >= 0 && age < MAX_AGE_MS ? { bytesPerSecond, requests } : null;
}
