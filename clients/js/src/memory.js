/** What the browser remembers from page to page, for all tabs; nothing, where it is told to remember nothing. */

const PREFIX = "airlock.";

/**
 * What was remembered under this name; null if nothing was.
 * @param {string} name
 * @returns {any}
 */
export function recall(name) {
  return attempted((storage) => JSON.parse(storage.getItem(PREFIX + name) ?? "null"));
}

/**
 * What was remembered under all names that begin so, in the order of their names.
 * @param {string} start
 * @returns {any[]}
 */
export function recallAll(start) {
  const names = attempted((storage) => Object.keys(storage).filter((key) => key.startsWith(PREFIX + start)).sort());
  return (names ?? []).map((key) => recall(key.slice(PREFIX.length))).filter((value) => value !== null);
}

/**
 * @param {string} name
 * @param {unknown} value
 */
export function remember(name, value) {
  attempted((storage) => storage.setItem(PREFIX + name, JSON.stringify(value)));
}

/** @param {string} name */
export function forget(name) {
  attempted((storage) => storage.removeItem(PREFIX + name));
}

/**
 * @template T
 * @param {(storage: Storage) => T} action
 * @returns {T | null}
 */
function attempted(action) {
  try {
    return action(localStorage);
  } catch {
    return null; // refused, full, or not ours to read
  }
}
