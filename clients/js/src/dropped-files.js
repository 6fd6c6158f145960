/** Reads the files of a drop, those in folders included. */

import { AirlockError } from "./errors.js";

/**
 * Returns the dropped files, those in folders included, but for those that the browser cannot read. The entries are read
 * before the first await, because the browser empties the list after it.
 * @param {DataTransfer} transfer
 * @param {(error: AirlockError) => void} [onError]  Called once with `file_unreadable` if a file or folder is left out.
 * @returns {Promise<File[]>}
 */
export async function readDroppedFiles(transfer, onError) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  /** @type {string[]} */
  const unreadable = [];
  const files = await readEntries(entries, unreadable);
  if (unreadable.length > 0) onError?.(createUnreadableError(unreadable));
  return files;
}

/**
 * Returns the files of these entries and of their folders, and adds the names of those that cannot be read to a list.
 * @param {FileSystemEntry[]} entries
 * @param {string[]} unreadable
 * @returns {Promise<File[]>}
 */
async function readEntries(entries, unreadable) {
  const read = async (/** @type {FileSystemEntry} */ entry) => {
    try {
      return isFileEntry(entry) ? [await readFile(entry)] : await readEntries(await readFolder(entry), unreadable);
    } catch {
      unreadable.push(entry.name);
      return [];
    }
  };
  return (await Promise.all(entries.map(read))).flat();
}

/** @param {FileSystemEntry} entry @returns {entry is FileSystemFileEntry} */
function isFileEntry(entry) {
  return entry.isFile;
}

/**
 * @param {FileSystemFileEntry} entry
 * @returns {Promise<File>}
 */
function readFile(entry) {
  return new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });
}

/**
 * Returns the entries of a folder.
 * @param {FileSystemEntry} entry
 */
async function readFolder(entry) {
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const children = [];
  for (;;) {
    // readEntries returns one batch per call; an empty batch is the last.
    const batch = await readBatch(reader);
    if (batch.length === 0) return children;
    children.push(...batch);
  }
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

/** @param {string[]} names */
function createUnreadableError([name = "", ...others]) {
  const detail = others.length > 0 ? `${name} and ${others.length} more could not be read.` : `${name} could not be read.`;
  return new AirlockError({ code: "file_unreadable", detail });
}
