/** The row of one upload: its state, its progress, and the buttons of that state. */

import { guessContentType, MIN_SIZE_IN_PARTS } from "airlock-uploads";
import { describeError } from "airlock-uploads/messages";
import { chooseIcon } from "./format.js";
import { announce, cloneTemplate, showIcon } from "./template.js";
import { UploadSpeed } from "airlock-uploads/queue";
import { canCancel, canPause, describeProgress, describeState, isFinished } from "./upload-state.js";

/** @import { AirlockDocument, FileToUpload, Upload } from "airlock-uploads" */

export class UploadRow {
  #file;
  #onChange;
  #get;
  #controller = new AbortController();
  #speed = new UploadSpeed();
  /** @type {Upload | null} */
  #upload = null;
  /** @type {AirlockDocument | null} */
  #document = null;
  /** Id of the document, once it was created. @type {string | undefined} */
  documentId;

  /**
   * @param {File} file
   * @param {object} listeners
   * @param {() => void} listeners.onChange  Called when the status has changed.
   * @param {() => void} listeners.onRetry
   * @param {(document: AirlockDocument) => void} listeners.onOpen
   */
  constructor(file, { onChange, onRetry, onOpen }) {
    const { node, get } = cloneTemplate("upload-row");
    this.#file = file;
    this.#onChange = onChange;
    this.#get = get;
    this.node = node;
    showIcon(get("icon"), chooseIcon(guessContentType(file)));
    get("name").textContent = get("name").title = file.name;
    get("progress").setAttribute("aria-label", `Upload of ${file.name}`);
    this.#setUpButton("pause", "Pause", () => this.#togglePause());
    this.#setUpButton("cancel", "Cancel", () => this.cancel());
    this.#setUpButton("retry", "Retry", onRetry);
    this.#setUpButton("open", "Open", () => {
      if (this.#document) onOpen(this.#document);
    });
    this.#setUpButton("dismiss", "Dismiss", () => {
      node.remove();
      onChange();
    });
    this.#render("queued");
  }

  get status() {
    return this.node.dataset.status ?? "";
  }

  get isFinished() {
    return isFinished(this.status);
  }

  /** Returns the file and the listeners of a new upload, and shows it as queued. @returns {FileToUpload} */
  toUpload() {
    this.#controller = new AbortController();
    this.documentId = undefined;
    this.#render("queued");
    const { signal } = this.#controller;
    return {
      file: this.#file,
      signal,
      onStatus: (status, document) => {
        this.documentId ??= document?.id;
        if (!signal.aborted) this.#render(status, document);
      },
      onProgress: ({ loaded, total }) => this.#renderProgress(loaded, total),
    };
  }

  /**
   * Shows every outcome of the upload. Throws nothing. Resolves with the document, or null after an error.
   * @param {Upload} upload
   */
  async observe(upload) {
    const { signal } = this.#controller;
    this.#upload = upload;
    try {
      return await upload;
    } catch (error) {
      if (!signal.aborted) this.#renderError(error);
      return null;
    }
  }

  /**
   * Retries the upload after an error, with its document. Returns null when a new upload is needed.
   * @returns {Upload | null}
   */
  retry() {
    if (this.status !== "error" || !this.#upload) return null;
    this.#render("queued");
    return this.#upload.retry();
  }

  cancel() {
    this.#controller.abort();
    this.#render("aborted");
  }

  #togglePause() {
    if (this.status === "paused") this.#upload?.resume();
    else this.#upload?.pause();
  }

  /**
   * @param {string} name
   * @param {string} verb
   * @param {() => void} action
   */
  #setUpButton(name, verb, action) {
    this.#get(name).setAttribute("aria-label", `${verb} ${this.#file.name}`);
    this.#get(name).addEventListener("click", action);
  }

  /** @param {any} error */
  #renderError(error) {
    this.#render("error", null, describeError(error), error.temporary || error.status === 401);
  }

  /**
   * @param {string} status
   * @param {AirlockDocument | null} [document]
   * @param {string} [message]
   * @param {boolean} [canRetry]
   */
  #render(status, document = null, message, canRetry = status === "aborted" || status === "expired") {
    const previousStatus = this.status;
    const get = this.#get;
    const previousText = get("state").textContent;
    this.node.dataset.status = status;
    this.#document = document;
    get("state").textContent = message ?? describeState(status, document, this.#file.size);
    get("pause").hidden = this.#file.size <= MIN_SIZE_IN_PARTS || !canPause(status);
    get("cancel").hidden = !canCancel(status);
    get("retry").hidden = !canRetry;
    get("open").hidden = status !== "ready" && status !== "rejected";
    get("dismiss").hidden = !this.isFinished;
    if (status === "queued" || status === "preparing") get("progress").value = 0;
    if (["completing", "checking", "ready"].includes(status)) get("progress").value = 1;
    if (status === previousStatus && previousText === get("state").textContent) return;
    this.#renderPauseButton(status === "paused");
    announce(`${this.#file.name}: ${get("state").textContent}`);
    this.#onChange();
  }

  /** Renders one button for pause and resume, so that it keeps the focus. @param {boolean} isPaused */
  #renderPauseButton(isPaused) {
    this.#get("pause").setAttribute("aria-label", `${isPaused ? "Resume" : "Pause"} ${this.#file.name}`);
    showIcon(this.#get("pause-icon"), isPaused ? "play" : "pause");
    this.#speed = new UploadSpeed();
  }

  /**
   * @param {number} loaded
   * @param {number} total
   */
  #renderProgress(loaded, total) {
    if (this.status !== "uploading" && this.status !== "paused") return;
    const speed = this.status === "uploading" ? this.#speed.add(loaded, performance.now()) : 0;
    const text = describeProgress(loaded, total, speed);
    this.#get("progress").value = loaded / total;
    this.#get("state").textContent = this.status === "paused" ? `Paused · ${text}` : text;
  }
}
