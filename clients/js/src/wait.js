/** Timers and events as promises that a signal can cancel. */

/**
 * @param {number} ms
 * @param {AbortSignal} [signal]  Rejects with its reason.
 * @returns {Promise<void>}
 */
export function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const cancel = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", cancel);
      resolve();
    }, ms);
    signal?.addEventListener("abort", cancel, { once: true });
  });
}

/**
 * Waits for a promise until the signal is aborted, which rejects with its reason.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export async function waitFor(promise, signal) {
  const listeners = new AbortController();
  const aborted = new Promise((_resolve, reject) => {
    const cancel = () => reject(signal?.reason);
    if (signal?.aborted) cancel();
    signal?.addEventListener("abort", cancel, { signal: listeners.signal });
  });
  try {
    return await Promise.race([promise, /** @type {Promise<never>} */ (aborted)]);
  } finally {
    listeners.abort();
  }
}

/**
 * Resolves at the next event of this type.
 * @param {EventTarget} target
 * @param {string} type
 * @param {AbortSignal} [signal]  Rejects with its reason.
 * @returns {Promise<void>}
 */
export function waitForEvent(target, type, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const listeners = new AbortController();
    const options = { once: true, signal: listeners.signal };
    const settle = (/** @type {() => void} */ finish) => {
      listeners.abort();
      finish();
    };
    target.addEventListener(type, () => settle(resolve), options);
    signal?.addEventListener("abort", () => settle(() => reject(signal.reason)), options);
  });
}
