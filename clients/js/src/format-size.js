/** Sizes for people, in the units of the API's own sentences. */

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** Returns `10 MiB` for 10485760, with at most one decimal. @param {number} bytes */
export function formatSize(bytes) {
  const step = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** step).toFixed(1).replace(/\.0$/, "")} ${UNITS[step]}`;
}
