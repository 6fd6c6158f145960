/** Trying again: after a pause with jitter, as the server asks, and not while the browser is offline. */

import { AirlockError } from "./errors.js";
import { PAUSED } from "./pause.js";
import { next, sleep } from "./wait.js";

/** @import { Pause } from "./pause.js" */

/** Some minutes in all: a router that starts again takes that long, and the browser calls itself online meanwhile. */
export const ATTEMPTS = 16;
/** A URL is refused when it is too old, and then a new one helps. When that is refused too, age is not the reason. */
export const REFUSALS = 2;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A server that asks for more (a daily quota, say) is not waited for: the caller is told instead. */
const LONGEST_ASKED_S = 60;

/**
 * Runs `attempt` until it succeeds, fails for good, or has failed `attempts` times with a temporary error.
 * Time spent offline is not counted against it, and none of it begins during a pause.
 * @template T
 * @param {() => Promise<T>} attempt
 * @param {object} options
 * @param {number} options.attempts
 * @param {AbortSignal} [options.signal]  Ends the waiting; an attempt under way must look at it itself.
 * @param {Pause} [options.pause]  The same; what it cuts off begins again after it.
 * @param {(error: AirlockError) => void} [options.onWait]  Called before each wait for a further try.
 * @returns {Promise<T>}
 */
export async function retrying(attempt, { attempts, signal, pause, onWait }) {
  for (let failures = 0; ; ) {
    try {
      await pause?.over(signal);
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (error?.code === PAUSED) continue;
      if (!worthAnotherTry(error)) throw error;
      failures = navigator.onLine ? failures + 1 : 0;
      if (failures >= attempts) throw error;
      onWait?.(error);
      await untilOnline(signal);
      await sleep(delay(failures, error.retryAfter), signal);
    }
  }
}

/** @param {unknown} error */
function worthAnotherTry(error) {
  return error instanceof AirlockError && error.temporary && (error.retryAfter ?? 0) <= LONGEST_ASKED_S;
}

/**
 * Milliseconds to wait after so many failures: doubled each time, at least half of it random, so that clients
 * which failed together do not come back together; never less than what the server asked for.
 * @param {number} failures
 * @param {number | null} asked  Seconds of Retry-After.
 */
function delay(failures, asked) {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, failures - 1));
  return (asked ?? 0) * 1000 + longest * (0.5 + Math.random() / 2);
}

/**
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
async function untilOnline(signal) {
  if (!navigator.onLine) await next(globalThis, "online", signal);
}

/** What makes a repeated create harmless: the server answers the same key with the same document. */
export function newIdempotencyKey() {
  // Not crypto.randomUUID, which is missing where the page was not served securely.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
