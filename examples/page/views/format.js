/** Sizes, durations and times for people, and the icon of a content type. */

/** @param {number} bytes */
export function formatSize(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  const digits = step === 0 || value >= 100 ? 0 : 1;
  return new Intl.NumberFormat(undefined, {
    style: "unit",
    unit: units[step],
    unitDisplay: step ? "short" : "long",
    maximumFractionDigits: digits,
  }).format(value);
}

/** @param {number} seconds */
export function formatDuration(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/**
 * Returns the time of day for today, and the date for other days.
 * @param {string} at  RFC 3339.
 */
export function formatDate(at) {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday
    ? date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" })
    : date.toLocaleDateString(undefined, { dateStyle: "medium" });
}

/** @param {string} at  RFC 3339. */
export function formatDateTime(at) {
  return new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

/** Returns the name of an icon in icons.svg. @param {string} contentType */
export function chooseIcon(contentType) {
  const [family = "", subtype = ""] = contentType.split("/");
  if (["image", "video", "audio"].includes(family)) return family;
  if (subtype === "pdf") return "pdf";
  if (/spreadsheet|csv|tab-separated|parquet/.test(subtype)) return "table";
  if (/wordprocessing|presentation|opendocument|rtf/.test(subtype)) return "office";
  if (/zip|x-tar|x-xz|zstd|7z|rar/.test(subtype)) return "archive";
  if (/json|xml|sqlite/.test(subtype)) return "data";
  return family === "text" ? "text" : "file";
}
