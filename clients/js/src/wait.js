/** Waiting that a signal can end. */

/**
 * @param {number} ms
 * @param {AbortSignal} [signal]  Rejects with its reason.
 * @returns {Promise<void>}
 */
export function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/**
 * Resolves at the next event of this type.
 * @param {EventTarget} target
 * @param {string} type
 * @param {AbortSignal} [signal]  Rejects with its reason.
 * @returns {Promise<void>}
 */
export function next(target, type, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const ended = new AbortController();
    const listen = { once: true, signal: ended.signal };
    target.addEventListener(type, () => (ended.abort(), resolve()), listen);
    signal?.addEventListener("abort", () => (ended.abort(), reject(signal.reason)), listen);
  });
}
