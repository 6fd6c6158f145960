/**
 * Controls how many parts are sent in parallel: as many as increase the total throughput, and no more, because parts
 * in flight are sent again after the page was closed. From time to time it probes one more.
 */

const INITIAL_LIMIT = 4;
/** S3 speaks HTTP/1.1, for which browsers open six connections to a host; one stays free for a download. */
export const MAX_CONNECTIONS = 5;
/** The throughput of a limit is measured this long, after a warm-up in which only buffers fill. */
const MEASURE_MS = 2_000;
const WARM_UP_MS = 1_000;
const PROBE_INTERVAL_MS = 30_000;
/** Share of a connection's throughput that one more connection must add. */
const MIN_GAIN = 0.5;

export class ConcurrencyController extends EventTarget {
  /** Number of parts to send in parallel. Dispatches `change` when it grows. */
  limit = INITIAL_LIMIT;
  #measuredSince = 0;
  #measuredBytes = 0;
  #nextProbe = 0;
  #failedAt = -Infinity;
  /** @type {{from: number, rate: number} | null} */
  #probe = null;

  /**
   * @param {number} bytes  Sent since the last call for the same part.
   * @param {number} running  Parts in flight.
   * @param {number} now  Milliseconds.
   */
  recordProgress(bytes, running, now) {
    if (running !== this.limit) this.#measuredSince = 0;
    else if (this.#measuredSince === 0) [this.#measuredSince, this.#measuredBytes] = [now + WARM_UP_MS, 0];
    else if (now >= this.#measuredSince) this.#measure(bytes, now);
  }

  /**
   * Halves the limit. Parts that fail together count once.
   * @param {number} now  Milliseconds.
   */
  recordFailure(now) {
    if (now - this.#failedAt < MEASURE_MS) return;
    [this.#failedAt, this.#nextProbe, this.#probe] = [now, now + PROBE_INTERVAL_MS, null];
    this.#setLimit(Math.max(1, Math.floor(this.limit / 2)));
  }

  /** Restores the limit after a failure, by one for each part that has arrived. */
  recordSuccess() {
    if (this.#failedAt === -Infinity) return;
    if (this.limit < INITIAL_LIMIT) this.#setLimit(this.limit + 1);
    else this.#failedAt = -Infinity;
  }

  /**
   * @param {number} bytes
   * @param {number} now
   */
  #measure(bytes, now) {
    this.#measuredBytes += bytes;
    const duration = now - this.#measuredSince;
    if (duration < MEASURE_MS) return;
    const rate = this.#measuredBytes / duration;
    [this.#measuredSince, this.#measuredBytes] = [now, 0];
    if (this.#probe) this.#finishProbe(this.#probe, rate, now);
    else if (now >= this.#nextProbe) this.#startProbe(rate);
  }

  /** @param {number} rate  Bytes per millisecond. */
  #startProbe(rate) {
    const limit = Math.min(MAX_CONNECTIONS, this.limit + 1);
    if (limit === this.limit) return;
    this.#probe = { from: this.limit, rate };
    this.#setLimit(limit);
  }

  /**
   * Keeps the probed limit and probes the next one, or returns to the limit before.
   * @param {{from: number, rate: number}} probe
   * @param {number} rate
   * @param {number} now
   */
  #finishProbe({ from, rate: rateBefore }, rate, now) {
    this.#probe = null;
    if (rate >= rateBefore * (1 + MIN_GAIN / from)) {
      this.#startProbe(rate);
      return;
    }
    this.#nextProbe = now + PROBE_INTERVAL_MS;
    this.#setLimit(from);
  }

  /** @param {number} limit */
  #setLimit(limit) {
    const hasGrown = limit > this.limit;
    [this.limit, this.#measuredSince] = [limit, 0];
    if (hasGrown) this.dispatchEvent(new Event("change"));
  }
}
