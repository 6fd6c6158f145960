/** The row of an upload that an earlier page started. It resumes when the user chooses its file again. */

import { guessContentType } from "airlock-uploads";
import { describeError } from "airlock-uploads/messages";
import { describeResumable } from "airlock-uploads/upload-messages";
import { showFileName } from "./file-name.js";
import { chooseIcon } from "./format.js";
import { cloneTemplate, showIcon } from "./template.js";

/** @import { Airlock, AirlockDocument, ResumableUpload } from "airlock-uploads" */

export class ResumableRow {
  #airlock;
  #get;
  #onFile;
  #onAbort;

  /**
   * @param {ResumableUpload} upload
   * @param {Airlock} airlock
   * @param {object} listeners
   * @param {(file: File) => void} listeners.onFile  Called when the file of the upload was chosen.
   * @param {(document: AirlockDocument) => void} listeners.onAbort
   */
  constructor(upload, airlock, { onFile, onAbort }) {
    const { node, get } = cloneTemplate("resumable-row");
    this.#airlock = airlock;
    this.#get = get;
    this.#onFile = onFile;
    this.#onAbort = onAbort;
    this.node = node;
    this.id = upload.id;
    showIcon(get("icon"), chooseIcon(guessContentType({ name: upload.fileName, type: "" })));
    showFileName(get("name"), upload.fileName);
    get("state").textContent = describeResumable(upload);
    get("progress").value = upload.uploadedBytes / upload.size;
    get("progress").setAttribute("aria-label", `Upload of ${upload.fileName}`);
    get("file").setAttribute("aria-label", `Choose ${upload.fileName} again`);
    get("file").addEventListener("change", () => this.#checkFile(get("file").files[0]));
    get("cancel").setAttribute("aria-label", `Cancel ${upload.fileName}`);
    get("cancel").addEventListener("click", () => this.#abort());
  }

  /** @param {File | undefined} file */
  async #checkFile(file) {
    this.#get("file").value = ""; // so that the same file can be chosen again
    if (!file) return;
    try {
      const uploads = await this.#airlock.resumableUploads(file);
      if (uploads.some(({ id }) => id === this.id)) this.#onFile(file);
      else this.#showError(`${file.name} is a different file, or has changed since.`);
    } catch (error) {
      this.#showError(describeError(error));
    }
  }

  async #abort() {
    try {
      await this.#airlock.abort(this.id);
      this.#onAbort(await this.#airlock.get(this.id));
    } catch (error) {
      this.#showError(describeError(error));
    }
  }

  /** @param {string} message */
  #showError(message) {
    this.#get("error").textContent = message;
  }
}
