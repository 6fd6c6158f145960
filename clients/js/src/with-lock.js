/** A lock across all tabs of the browser: a second tab with the same upload waits until the first is done or closed. */

const PREFIX = "airlock.";

/**
 * Runs the callback while this tab holds the lock. A browser without locks runs it at once.
 * @template T
 * @param {string} name
 * @param {object} options
 * @param {AbortSignal} [options.signal]  Ends the wait for the lock; rejects with its reason.
 * @param {() => void} [options.onWait]  Called when another tab holds the lock.
 * @param {() => Promise<T>} callback
 * @returns {Promise<T>}
 */
export async function withLock(name, { signal, onWait }, callback) {
  if (!navigator.locks) return callback();
  const outcome = await navigator.locks.request(PREFIX + name, { ifAvailable: true }, async (lock) =>
    lock ? { result: await callback() } : null,
  );
  if (outcome) return outcome.result;
  onWait?.();
  return navigator.locks.request(PREFIX + name, signal ? { signal } : {}, callback);
}

/** Returns the names of the locks that any tab holds. @returns {Promise<Set<string>>} */
export async function listHeldLocks() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return new Set(held.map(({ name = "" }) => name.slice(PREFIX.length)));
}
