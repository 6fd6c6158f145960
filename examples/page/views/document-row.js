/** One document in the list. */

import { reasonInWords, statusWord } from "airlock-uploads/words";
import { fromTemplate, showIcon, showTime } from "./template.js";
import { dateInWords, iconFor, sizeInWords } from "./words.js";

/** @import { AirlockDocument } from "airlock-uploads" */

/**
 * @param {AirlockDocument} document
 * @param {object} listeners
 * @param {(document: AirlockDocument) => void} listeners.onOpen
 * @param {(document: AirlockDocument) => void} listeners.onDownload
 */
export function documentRow(document, { onOpen, onDownload }) {
  const { node, part } = fromTemplate("document-row");
  node.dataset.id = document.id;
  node.dataset.createdAt = document.createdAt;
  node.dataset.status = document.status;
  showIcon(part("icon"), iconFor(document.contentType ?? document.declaredContentType));
  part("name").textContent = part("name").title = document.fileName;
  part("name").addEventListener("click", () => onOpen(document));
  part("size").textContent = sizeInWords(document.size);
  showTime(part("created"), document.createdAt, dateInWords(document.createdAt));
  part("status").textContent = statusWord(document.status);
  part("status").title = reasonInWords(document);
  part("download").hidden = document.status !== "ready";
  part("download").setAttribute("aria-label", `Download ${document.fileName}`);
  part("download").addEventListener("click", () => onDownload(document));
  return node;
}
