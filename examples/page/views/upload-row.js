/** The row of one upload: its state, its progress, and the buttons of that state. */

import { guessContentType, MIN_SIZE_IN_PARTS } from "airlock-uploads";
import { UploadSpeed } from "airlock-uploads/queue";
import { canPause, describeProgress, describeUpload, isRefused } from "airlock-uploads/upload-messages";
import { showFileName } from "./file-name.js";
import { chooseIcon } from "./format.js";
import { announce, cloneTemplate, showIcon } from "./template.js";

/** @import { AirlockDocument } from "airlock-uploads" */
/** @import { QueuedUpload } from "airlock-uploads/queue" */

/** Upload states that a screen reader hears of. Others follow within moments. */
const ANNOUNCED = new Set(["waiting", "paused", "ready", "rejected", "failed", "expired", "aborted", "error"]);

/**
 * @typedef {object} UploadListeners
 * @property {() => void} onPause
 * @property {() => void} onResume
 * @property {() => void} onRetry
 * @property {() => void} onCancel
 * @property {() => void} onDismiss
 * @property {(document: AirlockDocument) => void} onError  Called with the document of an upload that has failed.
 * @property {(document: AirlockDocument) => void} onOpen
 */

export class UploadRow {
  #listeners;
  #get;
  #speed = new UploadSpeed();
  /** What the row shows. @type {QueuedUpload | null} */
  #upload = null;

  /**
   * @param {QueuedUpload} upload
   * @param {UploadListeners} listeners
   */
  constructor(upload, listeners) {
    const { node, get } = cloneTemplate("upload-row");
    const { file } = upload;
    this.#listeners = listeners;
    this.#get = get;
    this.node = node;
    showIcon(get("icon"), chooseIcon(guessContentType(file)));
    showFileName(get("name"), file.name);
    get("progress").setAttribute("aria-label", `Upload of ${file.name}`);
    this.#setUpButton("pause", file, "Pause", () => this.#togglePause());
    this.#setUpButton("cancel", file, "Cancel", listeners.onCancel);
    this.#setUpButton("retry", file, "Retry", listeners.onRetry);
    this.#setUpButton("open", file, "Open", () => this.#open());
    this.#setUpButton("dismiss", file, "Dismiss", listeners.onDismiss);
  }

  /** Shows the state of the upload, if it has changed. @param {QueuedUpload} upload */
  update(upload) {
    const previous = this.#upload;
    if (upload === previous) return;
    this.#upload = upload;
    if (upload.status === "uploading" || upload.status === "paused") this.#renderProgress(upload);
    else this.#get("state").textContent = describeUpload(upload);
    if (upload.status === previous?.status) return;
    this.node.dataset.status = upload.status;
    this.#renderButtons(upload);
    this.#speed = new UploadSpeed();
    this.#get("progress").value = computeShare(upload);
    if (upload.status === "error" && upload.document) this.#listeners.onError(upload.document);
    if (ANNOUNCED.has(upload.status)) announce(`${upload.file.name}: ${describeUpload(upload)}`);
  }

  /** @param {QueuedUpload} upload */
  #renderButtons(upload) {
    const { status, file, isFinished, canCancel, canRetry } = upload;
    this.#get("pause").hidden = file.size <= MIN_SIZE_IN_PARTS || !canPause(upload);
    this.#get("cancel").hidden = !canCancel;
    this.#get("retry").hidden = !canRetry || isRefused(upload);
    this.#get("open").hidden = status !== "ready" && status !== "rejected";
    this.#get("dismiss").hidden = !isFinished;
    // One button for pause and resume, so that it keeps the focus.
    const isPaused = status === "paused";
    this.#get("pause").setAttribute("aria-label", `${isPaused ? "Resume" : "Pause"} ${file.name}`);
    showIcon(this.#get("pause-icon"), isPaused ? "play" : "pause");
  }

  /** @param {QueuedUpload} upload */
  #renderProgress({ status, loaded, file }) {
    const isPaused = status === "paused";
    const speed = isPaused ? 0 : this.#speed.add(loaded, performance.now());
    const text = describeProgress(loaded, file.size, speed);
    this.#get("progress").value = loaded / Math.max(1, file.size);
    this.#get("state").textContent = isPaused ? `Paused · ${text}` : text;
  }

  #togglePause() {
    if (this.#upload?.status === "paused") this.#listeners.onResume();
    else this.#listeners.onPause();
  }

  #open() {
    if (this.#upload?.document) this.#listeners.onOpen(this.#upload.document);
  }

  /**
   * @param {string} name
   * @param {File} file
   * @param {string} verb
   * @param {() => void} action
   */
  #setUpButton(name, file, verb, action) {
    this.#get(name).setAttribute("aria-label", `${verb} ${file.name}`);
    this.#get(name).addEventListener("click", action);
  }
}

/** Returns the share of the bytes that have arrived, from 0 to 1. @param {QueuedUpload} upload */
function computeShare({ status, loaded, file }) {
  if (["completing", "checking", "ready", "rejected"].includes(status)) return 1;
  return loaded / Math.max(1, file.size);
}
