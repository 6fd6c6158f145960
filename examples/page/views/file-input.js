/** All ways to add files to the page: chosen, dropped anywhere (folders too), or pasted. */

import { readDroppedFiles } from "airlock-uploads/dropped-files";
import { getElement } from "./template.js";

/** @import { AirlockError } from "airlock-uploads" */

/**
 * @param {(files: File[]) => void} onFiles
 * @param {() => boolean} canAccept  Returns false while nobody is signed in.
 * @param {(error: AirlockError) => void} onError  Called if some of the dropped files cannot be read.
 */
export function acceptFiles(onFiles, canAccept, onError) {
  const input = /** @type {HTMLInputElement} */ (getElement("files"));
  const accept = (/** @type {File[]} */ files) => {
    if (canAccept() && files.length > 0) onFiles(files);
  };
  input.addEventListener("change", () => {
    accept([...(input.files ?? [])]);
    input.value = ""; // so that the same file can be chosen again
  });
  addEventListener("paste", (event) => accept([...(event.clipboardData?.files ?? [])].map(renamePasted)));
  setUpDropOverlay(canAccept);
  addEventListener("drop", async (event) => {
    if (!event.dataTransfer || !hasFiles(event)) return;
    event.preventDefault();
    accept(await readDroppedFiles(event.dataTransfer, (error) => canAccept() && onError(error)));
  });
}

/**
 * Shows the overlay while files are dragged over the page. `dragenter` and `dragleave` fire for every element on the
 * way, so they are counted.
 * @param {() => boolean} canAccept
 */
function setUpDropOverlay(canAccept) {
  let depth = 0;
  const setDepth = (/** @type {number} */ value) => {
    depth = Math.max(0, value);
    document.body.toggleAttribute("data-dragging", depth > 0 && canAccept());
  };
  const onFileDrag = (/** @type {string} */ type, /** @type {(event: DragEvent) => void} */ listener) =>
    addEventListener(type, (event) => {
      if (hasFiles(/** @type {DragEvent} */ (event))) listener(/** @type {DragEvent} */ (event));
    });
  onFileDrag("dragenter", () => setDepth(depth + 1));
  onFileDrag("dragleave", () => setDepth(depth - 1));
  onFileDrag("dragover", (event) => event.preventDefault()); // or the browser opens the files
  addEventListener("drop", () => setDepth(0));
}

/** Returns false for dragged text, which belongs to the field under the pointer. @param {DragEvent} event */
function hasFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/**
 * Names a pasted image by the time, because browsers call each of them image.png.
 * @param {File} file
 */
function renamePasted(file) {
  if (file.name !== "image.png") return file;
  const time = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
  return new File([file], `Pasted ${time}.png`, { type: file.type });
}
