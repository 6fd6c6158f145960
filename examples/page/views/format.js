/** Dates and times for people, and the icon of a content type. */

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
