/** Reads the files of a drop, those in folders included. */

/**
 * Returns the dropped files, those in folders included. The entries are read before the first await, because the
 * browser empties the list after it.
 * @param {DataTransfer} transfer
 * @returns {Promise<File[]>}
 */
export async function readDroppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  return (await Promise.all(entries.map(readEntry))).flat();
}

/**
 * Returns the file of an entry, or all files of a folder.
 * @param {FileSystemEntry} entry
 * @returns {Promise<File[]>}
 */
async function readEntry(entry) {
  if (isFileEntry(entry)) {
    const file = await new Promise((resolve, reject) => {
      entry.file(resolve, reject);
    });
    return [file];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const children = [];
  for (;;) {
    // readEntries returns one batch per call; an empty batch is the last.
    const batch = await readBatch(reader);
    if (batch.length === 0) break;
    children.push(...batch);
  }
  return (await Promise.all(children.map(readEntry))).flat();
}

/** @param {FileSystemEntry} entry @returns {entry is FileSystemFileEntry} */
function isFileEntry(entry) {
  return entry.isFile;
}

/**
 * @param {FileSystemDirectoryReader} reader
 * @returns {Promise<FileSystemEntry[]>}
 */
function readBatch(reader) {
  return new Promise((resolve, reject) => {
    reader.readEntries(resolve, reject);
  });
}
