/** JSON values in the browser's localStorage, shared by all tabs. Where the browser has none, nothing is stored. */

const PREFIX = "airlock.";

/**
 * Returns the stored value, or null.
 * @param {string} name
 * @returns {any}
 */
export function load(name) {
  return tryStorage((storage) => JSON.parse(storage.getItem(PREFIX + name) ?? "null"));
}

/**
 * Returns the values of all names with this prefix, ordered by name.
 * @param {string} prefix
 * @returns {any[]}
 */
export function loadAll(prefix) {
  const keys = tryStorage((storage) => Object.keys(storage).filter((key) => key.startsWith(PREFIX + prefix)).sort());
  return (keys ?? []).map((key) => load(key.slice(PREFIX.length))).filter((value) => value !== null);
}

/**
 * @param {string} name
 * @param {unknown} value
 */
export function save(name, value) {
  tryStorage((storage) => storage.setItem(PREFIX + name, JSON.stringify(value)));
}

/** @param {string} name */
export function remove(name) {
  tryStorage((storage) => storage.removeItem(PREFIX + name));
}

/**
 * @template T
 * @param {(storage: Storage) => T} action
 * @returns {T | null}
 */
function tryStorage(action) {
  try {
    return action(localStorage);
  } catch {
    return null; // disabled, full, or not a value of this client
  }
}
