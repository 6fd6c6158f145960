/** Retries with backoff and jitter, as the server requests, and not while the browser is offline. */

import { formatHex } from "./bytes.js";
import { AirlockError, hasCode } from "./errors.js";
import { PAUSED } from "./pause-controller.js";
import { DEFERRED } from "./send-window.js";
import { sleep, waitForEvent } from "./wait.js";

/** @import { PauseController } from "./pause-controller.js" */

/** Takes several minutes in all: the restart of a router takes as long, and the browser stays "online" meanwhile. */
export const MAX_ATTEMPTS = 16;
/** A first 403 may mean that the URL has expired, which a new URL repairs. A second one has another cause. */
export const MAX_FORBIDDEN = 2;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
/** Seconds. A longer Retry-After (a daily quota, for example) is reported to the caller and not waited for. */
const MAX_RETRY_AFTER_S = 60;

/**
 * Runs `attempt` until it succeeds, fails for good, or has failed `attempts` times with a temporary error.
 * Failures while offline do not count, and no attempt starts during a pause.
 * @template T
 * @param {() => Promise<T>} attempt
 * @param {object} options
 * @param {number} options.attempts
 * @param {AbortSignal} [options.signal]  Ends the waiting; a running attempt must observe it itself.
 * @param {PauseController} [options.pause]  An attempt that a pause, or the window of parts in flight,
 *   has cancelled starts again after it.
 * @param {(error: AirlockError) => void} [options.onWait]  Called before each wait for another attempt.
 * @returns {Promise<T>}
 */
export async function retry(attempt, { attempts, signal, pause, onWait }) {
  for (let failures = 0; ; ) {
    try {
      await pause?.waitUntilResumed(signal);
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (hasCode(error, PAUSED, DEFERRED)) continue;
      if (!isRetryable(error)) throw error;
      failures = navigator.onLine ? failures + 1 : 0;
      if (failures >= attempts) throw error;
      onWait?.(error);
      if (!navigator.onLine) await waitForEvent(globalThis, "online", signal);
      await sleep(computeDelay(failures, error.retryAfter), signal);
    }
  }
}

/** @param {unknown} error @returns {error is AirlockError} */
function isRetryable(error) {
  return error instanceof AirlockError && error.temporary && (error.retryAfter ?? 0) <= MAX_RETRY_AFTER_S;
}

/**
 * Returns the milliseconds to wait after so many failures: doubled each time, and half of it random, so that clients
 * which failed together do not return together; never less than the server requested.
 * @param {number} failures
 * @param {number | null} retryAfter  Seconds.
 */
function computeDelay(failures, retryAfter) {
  const delay = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1));
  return (retryAfter ?? 0) * 1000 + delay * (0.5 + Math.random() / 2);
}

/** Creates a key that makes a repeated create safe: the server returns the same document for the same key. */
export function createIdempotencyKey() {
  // crypto.randomUUID is missing on pages without a secure context.
  return formatHex(crypto.getRandomValues(new Uint8Array(16)));
}
