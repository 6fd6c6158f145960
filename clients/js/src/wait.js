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
