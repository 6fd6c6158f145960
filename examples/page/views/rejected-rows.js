/** What the step `table` found wrong with the rows of a file: the counts, the first errors, and the rows as a file. */

import { AirlockError } from "airlock-uploads";
import { cloneTemplate } from "./template.js";

/** @import { Airlock, AirlockDocument } from "airlock-uploads" */
/** @import { GetElement } from "./template.js" */

/**
 * @typedef {object} Report
 * @property {number} rowsRead
 * @property {number} rowsRejected
 * @property {{line: number, column: string | null, code: string}[]} errors
 */

/** Errors that are listed. All of them are in the file. */
const MAX_LISTED = 50;
/** Bytes. A longer report is offered as a file only. */
const MAX_REPORT = 2 * 1024 ** 2;
/** @type {Record<string, string>} */
const ERRORS = {
  required: "A value is missing",
  type: "The value has another type",
  pattern: "The value is not valid",
  duplicate: "The value occurs before",
  column_count: "The row has too many or too few values",
  quotes: "A quoted value does not end",
  too_long: "The row is too long",
  encoding: "The row is no text in this encoding",
};

/**
 * Shows the report of a table with rejected rows. The section stays hidden for other documents. Throws AirlockError.
 * @param {GetElement} get
 * @param {AirlockDocument} document
 * @param {Airlock} airlock
 */
export async function showRejectedRows(get, document, airlock) {
  const { report: rendition } = document.renditions;
  const isTable = document.status === "ready" && document.steps.some(({ name }) => name === "table");
  if (!isTable || !rendition || rendition.size > MAX_REPORT) return;
  const report = await readReport((await airlock.download(document.id, { rendition: "report" })).url);
  if (report.rowsRejected === 0) return;
  const [rejected, read] = [report.rowsRejected, report.rowsRead].map((count) => count.toLocaleString());
  get("rejected-title").textContent = `${rejected} of ${read} rows rejected`;
  get("rejected-rows").append(...report.errors.slice(0, MAX_LISTED).map(createRow));
  const hidden = report.errors.length - MAX_LISTED;
  get("rejected-more").textContent = hidden > 0 ? `${hidden.toLocaleString()} more errors are in the file.` : "";
  get("rejected-section").hidden = false;
}

/** @param {string} url  Presigned. @returns {Promise<Report>} */
async function readReport(url) {
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) throw new AirlockError({ code: "network", detail: "The report cannot be read.", temporary: true });
  return response.json();
}

/** @param {Report["errors"][number]} error */
function createRow({ line, column, code }) {
  const { node, get } = cloneTemplate("rejected-row");
  get("line").textContent = line.toLocaleString();
  get("column").textContent = column ?? "";
  get("error").textContent = ERRORS[code] ?? code.replaceAll("_", " ");
  return node;
}
