/** The facts of a document in its dialog: outcome, size and type, checks, history. */

import { describeOutcome, describeStatus, formatSize } from "airlock-uploads/messages";
import { showFileName } from "./file-name.js";
import { formatDateTime } from "./format.js";
import { cloneTemplate, showIcon, showTime } from "./template.js";

/** @import { AirlockDocument } from "airlock-uploads" */
/** @import { GetElement } from "./template.js" */

/** Names of the steps that Airlock ships; a deployment's own have theirs. @type {Record<string, string>} */
const STEP_NAMES = {
  size: "Size",
  type: "Content type",
  duplicates: "Duplicates",
  scan: "Malware scan",
  image: "Image",
  table: "Rows of the table",
  review: "Review",
  promote: "Storage",
};
const STEP_STATUSES = { passed: "Passed", rejected: "Rejected", waiting: "In progress" };
const STEP_ICONS = { passed: "check", rejected: "close", waiting: "clock" };

/**
 * @param {GetElement} get
 * @param {AirlockDocument} document
 */
export function fillFacts(get, document) {
  showFileName(get("title"), document.fileName);
  get("outcome").textContent = describeOutcome(document);
  if (document.status === "deleted" && document.expiresAt) {
    get("outcome").textContent += `. It can be restored until ${formatDateTime(document.expiresAt)}.`;
  }
  if (document.duplicateOf) {
    get("outcome").textContent += `. The document ${document.duplicateOf} has the same content.`;
  }
  get("size").textContent = `${formatSize(document.size)} (${document.size.toLocaleString()} bytes)`;
  get("type").textContent = formatType(document);
  get("kind").textContent = document.kind;
  get("id").textContent = document.id;
  get("checksum").textContent = document.sha256;
  get("checksum-row").hidden = !document.sha256;
}

/**
 * Lists the steps that have checked the document or made something of it, with their own words.
 * @param {GetElement} get
 * @param {AirlockDocument} document
 */
export function fillChecks(get, { steps }) {
  get("checks-section").hidden = steps.length === 0;
  for (const { name, status, at, detail } of steps) {
    const { node, get: getPart } = cloneTemplate("check");
    node.dataset.check = status;
    showIcon(getPart("icon"), STEP_ICONS[status]);
    getPart("name").textContent = STEP_NAMES[name] ?? name.replaceAll("_", " ");
    getPart("outcome").textContent = detail || STEP_STATUSES[status];
    showTime(getPart("at"), at, formatDateTime(at));
    get("checks").append(node);
  }
}

/** @param {AirlockDocument} document */
function formatType({ contentType: detected, declaredContentType: declared }) {
  if (!detected) return `${declared} (declared)`;
  return detected === declared ? detected : `${detected} (declared as ${declared})`;
}

/**
 * @param {HTMLElement} list
 * @param {AirlockDocument} document
 */
export function fillHistory(list, document) {
  for (const entry of document.history) {
    const { node, get } = cloneTemplate("history-entry");
    node.dataset.status = entry.status;
    get("status").textContent = describeStatus(entry.status);
    showTime(get("at"), entry.at, formatDateTime(entry.at));
    list.append(node);
  }
}
