/** Timers and events as promises that a signal can cancel. */

/**
 * @param {number} ms
 * @param {AbortSignal} [signal]  Rejects with its reason.
 * @returns {Promise<void>}
 */
export async function sleep(ms, signal) {
  let timer;
  const end = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await waitFor(end, signal);
  } finally {
    clearTimeout(timer);
  }
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
export async function waitForEvent(target, type, signal) {
  const listeners = new AbortController();
  const event = new Promise((resolve) => {
    target.addEventListener(type, resolve, { signal: listeners.signal });
  });
  try {
    await waitFor(event, signal);
  } finally {
    listeners.abort();
  }
}
