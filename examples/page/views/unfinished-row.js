/** An upload that an earlier page began. Only its user can give the file again; then it goes on where it was. */

import { contentType } from "airlock-uploads";
import { errorInWords } from "airlock-uploads/words";
import { fromTemplate, showIcon } from "./template.js";
import { unfinishedInWords } from "./upload-state.js";
import { iconFor } from "./words.js";

/** @import { Airlock, AirlockDocument, UnfinishedUpload } from "airlock-uploads" */

export class UnfinishedRow {
  #upload;
  #airlock;
  #part;

  /**
   * @param {UnfinishedUpload} upload
   * @param {Airlock} airlock
   * @param {object} listeners
   * @param {(file: File) => void} listeners.onFile  Its file has been chosen.
   * @param {(document: AirlockDocument) => void} listeners.onAborted
   */
  constructor(upload, airlock, { onFile, onAborted }) {
    const { node, part } = fromTemplate("unfinished-row");
    this.#upload = upload;
    this.#airlock = airlock;
    this.#part = part;
    this.node = node;
    this.id = upload.id;
    showIcon(part("icon"), iconFor(contentType({ name: upload.fileName, type: "" })));
    part("name").textContent = part("name").title = upload.fileName;
    part("state").textContent = unfinishedInWords(upload);
    part("progress").value = upload.uploaded / upload.size;
    part("progress").setAttribute("aria-label", `Upload of ${upload.fileName}`);
    part("file").setAttribute("aria-label", `Choose ${upload.fileName} again`);
    part("file").addEventListener("change", () => this.#check(part("file").files[0]).then((file) => file && onFile(file)));
    part("cancel").setAttribute("aria-label", `Cancel ${upload.fileName}`);
    part("cancel").addEventListener("click", () => this.#abort().then((document) => document && onAborted(document)));
  }

  /** The file if it is the right one. @param {File | undefined} file */
  async #check(file) {
    this.#part("file").value = ""; // so that the same file can be chosen again
    if (!file) return null;
    const same = await this.#airlock.unfinished(file).catch((error) => this.#complain(errorInWords(error)));
    if (same?.some(({ id }) => id === this.id)) return file;
    if (same) this.#complain(`${file.name} is another file, or has changed since.`);
    return null;
  }

  async #abort() {
    try {
      await this.#airlock.abort(this.id);
      return await this.#airlock.get(this.id);
    } catch (error) {
      return this.#complain(errorInWords(error));
    }
  }

  /** @param {string} words */
  #complain(words) {
    this.#part("problem").textContent = words;
    return null;
  }
}
