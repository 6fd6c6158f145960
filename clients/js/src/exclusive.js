/** One page at a time: a second tab with the same upload waits for the first one to end, or to be closed. */

const PREFIX = "airlock.";

/**
 * Resolves with the function that lets the next one in. Where the browser has no locks, everybody is in at once.
 * @param {string} name
 * @param {object} [options]
 * @param {AbortSignal} [options.signal]  Ends the waiting; rejects with its reason.
 * @param {() => void} [options.onWait]  Called when another one is in.
 * @returns {Promise<() => void>}
 */
export async function enter(name, { signal, onWait } = {}) {
  if (!navigator.locks) return () => {};
  const free = await request(name, { ifAvailable: true });
  if (free) return free;
  onWait?.();
  return /** @type {Promise<() => void>} */ (request(name, signal ? { signal } : {}));
}

/** The names of those who are in, in any tab. @returns {Promise<Set<string>>} */
export async function entered() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return new Set(held.map(({ name = "" }) => name.slice(PREFIX.length)));
}

/**
 * @param {string} name
 * @param {LockOptions} options
 * @returns {Promise<(() => void) | null>}
 */
function request(name, options) {
  return new Promise((resolve, reject) => {
    const held = (/** @type {Lock | null} */ lock) =>
      new Promise((/** @type {(value?: unknown) => void} */ release) => {
        resolve(lock && release);
        if (!lock) release();
      });
    navigator.locks.request(PREFIX + name, options, held).catch(reject);
  });
}
