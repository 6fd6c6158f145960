/** All the ways a file comes into the page: chosen, dropped anywhere (folders too), pasted. */

/**
 * @param {(files: File[]) => void} onFiles
 * @param {() => boolean} isOpen  Whether files are welcome just now.
 */
export function takeFiles(onFiles, isOpen) {
  const input = /** @type {HTMLInputElement} */ (document.getElementById("files"));
  const give = (/** @type {File[]} */ files) => isOpen() && files.length > 0 && onFiles(files);
  input.addEventListener("change", () => {
    give([...(input.files ?? [])]);
    input.value = ""; // so that the same file can be chosen again
  });
  addEventListener("paste", (event) => give([...(event.clipboardData?.files ?? [])].map(renamed)));
  showCurtain(isOpen);
  addEventListener("drop", async (event) => {
    if (!event.dataTransfer || !hasFiles(event)) return;
    event.preventDefault();
    give(await dropped(event.dataTransfer));
  });
}

/**
 * `dragenter` and `dragleave` come for every element on the way, hence the count.
 * @param {() => boolean} isOpen
 */
function showCurtain(isOpen) {
  let depth = 0;
  const show = (/** @type {number} */ count) => {
    depth = Math.max(0, count);
    document.body.toggleAttribute("data-dragging", depth > 0 && isOpen());
  };
  addEventListener("dragenter", (event) => hasFiles(event) && show(depth + 1));
  addEventListener("dragleave", (event) => hasFiles(event) && show(depth - 1));
  addEventListener("drop", () => show(0));
  addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault()); // or the browser opens them
}

/** Text may be dragged too, into a field, and is none of our business. @param {DragEvent} event */
function hasFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/**
 * The entries must be taken before the first await; afterwards the browser has emptied the list.
 * @param {DataTransfer} transfer
 * @returns {Promise<File[]>}
 */
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry !== null);
  if (!entries.some((entry) => entry?.isDirectory)) return [...transfer.files];
  return (await Promise.all(entries.map(filesOf))).flat();
}

/**
 * @param {any} entry
 * @returns {Promise<File[]>}
 */
async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const children = [];
  for (;;) {
    // A batch at a time; an empty one is the last.
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) break;
    children.push(...batch);
  }
  return (await Promise.all(children.map(filesOf))).flat();
}

/**
 * Browsers call every pasted picture image.png; the time tells them apart.
 * @param {File} file
 */
function renamed(file) {
  if (file.name !== "image.png") return file;
  const moment = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
  return new File([file], `Pasted ${moment}.png`, { type: file.type });
}
