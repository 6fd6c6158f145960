/** The row of one upload: its state, its progress, and the buttons of that state. */

import { createIdempotencyKey, findWaitingStep, guessContentType, MULTIPART_THRESHOLD } from "airlock-uploads";
import { describeError } from "airlock-uploads/messages";
import { chooseIcon } from "./format.js";
import { announce, cloneTemplate, showIcon } from "./template.js";
import { UploadSpeed } from "./upload-speed.js";
import { canCancel, canPause, describeProgress, describeState, isFinished } from "./upload-state.js";

/** @import { Airlock, AirlockDocument, Upload } from "airlock-uploads" */

export class UploadRow {
  #file;
  #airlock;
  #onChange;
  #onStepWaiting;
  #get;
  #controller = new AbortController();
  #speed = new UploadSpeed();
  #idempotencyKey = createIdempotencyKey();
  /** @type {Upload | null} */
  #upload = null;
  /** @type {AirlockDocument | null} */
  #document = null;
  /** Id of the document, once it was created. @type {string | undefined} */
  documentId;

  /**
   * @param {File} file
   * @param {Airlock} airlock
   * @param {object} listeners
   * @param {() => void} listeners.onChange  Called when the status has changed.
   * @param {() => void} listeners.onStepWaiting  Called when a step of the pipeline waits, which may take long.
   * @param {() => void} listeners.onRetry
   * @param {(document: AirlockDocument) => void} listeners.onOpen
   */
  constructor(file, airlock, { onChange, onStepWaiting, onRetry, onOpen }) {
    const { node, get } = cloneTemplate("upload-row");
    this.#file = file;
    this.#airlock = airlock;
    this.#onChange = onChange;
    this.#onStepWaiting = onStepWaiting;
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

  get isStepWaiting() {
    return this.#document !== null && findWaitingStep(this.#document) !== null;
  }

  /** Queues the upload again, under the same key when its document may still be completed. */
  enqueue() {
    if (this.status !== "error") this.#idempotencyKey = createIdempotencyKey();
    this.#controller = new AbortController();
    this.#render("queued");
  }

  cancel() {
    this.#controller.abort();
    this.#render("aborted");
  }

  /** Uploads the file, and shows every outcome. Throws nothing. Resolves with the document, or null without one. */
  async start() {
    const { signal } = this.#controller;
    this.documentId = undefined;
    const onStatus = (/** @type {string} */ status, /** @type {AirlockDocument | null} */ document) => {
      this.documentId ??= document?.id;
      if (!signal.aborted) this.#render(status, document);
    };
    try {
      this.#upload = this.#airlock.upload(this.#file, {
        signal,
        onStatus,
        onProgress: ({ loaded, total }) => this.#renderProgress(loaded, total),
        idempotencyKey: this.#idempotencyKey,
      });
      return await this.#upload;
    } catch (error) {
      if (!signal.aborted) this.#renderError(error);
      return this.documentId ? this.#airlock.get(this.documentId).catch(() => null) : null;
    }
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
    const wasStepWaiting = this.isStepWaiting;
    this.node.dataset.status = status;
    this.#document = document;
    const get = this.#get;
    get("state").textContent = message ?? describeState(status, document, this.#file.size);
    get("pause").hidden = this.#file.size <= MULTIPART_THRESHOLD || !canPause(status);
    get("cancel").hidden = !canCancel(status);
    get("retry").hidden = !canRetry;
    get("open").hidden = status !== "ready" && status !== "rejected";
    get("dismiss").hidden = !this.isFinished;
    if (status === "queued" || status === "preparing") get("progress").value = 0;
    if (["completing", "checking", "ready"].includes(status)) get("progress").value = 1;
    if (status === previousStatus && wasStepWaiting === this.isStepWaiting) return;
    this.#renderPauseButton(status === "paused");
    announce(`${this.#file.name}: ${get("state").textContent}`);
    this.#onChange();
    if (this.isStepWaiting) this.#onStepWaiting();
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
