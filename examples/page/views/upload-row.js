/** One file on its way: what it is doing, how far it is, and the buttons that make sense just now. */

import { contentType, newIdempotencyKey, ONE_REQUEST } from "airlock-uploads";
import { errorInWords } from "airlock-uploads/words";
import { Speed } from "./speed.js";
import { announce, fromTemplate, showIcon } from "./template.js";
import { isCancellable, isFinished, isPausable, progressInWords, stateInWords } from "./upload-state.js";
import { iconFor } from "./words.js";

/** @import { Airlock, AirlockDocument, Upload } from "airlock-uploads" */

export class UploadRow {
  #file;
  #airlock;
  #changed;
  #part;
  #controller = new AbortController();
  #speed = new Speed();
  #idempotencyKey = newIdempotencyKey();
  /** @type {Upload | null} */
  #upload = null;
  /** @type {AirlockDocument | null} */
  #document = null;
  /** Of the document, as soon as there is one. @type {string | undefined} */
  documentId;

  /**
   * @param {File} file
   * @param {Airlock} airlock
   * @param {object} listeners
   * @param {() => void} listeners.onChange  The row's status is another one.
   * @param {() => void} listeners.onRetry  It wants its turn again.
   * @param {(document: AirlockDocument) => void} listeners.onOpen
   */
  constructor(file, airlock, { onChange, onRetry, onOpen }) {
    const { node, part } = fromTemplate("upload-row");
    this.#file = file;
    this.#airlock = airlock;
    this.#changed = onChange;
    this.#part = part;
    this.node = node;
    showIcon(part("icon"), iconFor(contentType(file)));
    part("name").textContent = part("name").title = file.name;
    part("progress").setAttribute("aria-label", `Upload of ${file.name}`);
    this.#button("pause", "Pause", () => this.#pauseOrResume());
    this.#button("cancel", "Cancel", () => this.cancel());
    this.#button("retry", "Retry", onRetry);
    this.#button("open", "Open", () => this.#document && onOpen(this.#document));
    this.#button("dismiss", "Dismiss", () => (node.remove(), this.#changed()));
    this.#show("queued");
  }

  get status() {
    return this.node.dataset.status ?? "";
  }

  get finished() {
    return isFinished(this.status);
  }

  /** Puts it at the end of the queue again, under the same key if the document may still be completed. */
  queue() {
    if (this.status !== "error") this.#idempotencyKey = newIdempotencyKey();
    this.#controller = new AbortController();
    this.#show("queued");
  }

  cancel() {
    this.#controller.abort();
    this.#show("aborted");
  }

  /** Uploads the file; every outcome is shown, none is thrown. Resolves with the document if there is one. */
  async start() {
    const { signal } = this.#controller;
    this.documentId = undefined;
    const onStatus = (/** @type {string} */ status, /** @type {AirlockDocument | null} */ document) => {
      this.documentId ??= document?.id;
      if (!signal.aborted) this.#show(status, document);
    };
    try {
      this.#upload = this.#airlock.upload(this.#file, {
        signal,
        onStatus,
        onProgress: ({ loaded, total }) => this.#progress(loaded, total),
        idempotencyKey: this.#idempotencyKey,
      });
      return await this.#upload;
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
      return this.documentId ? this.#airlock.get(this.documentId).catch(() => null) : null;
    }
  }

  /** @param {any} error */
  #fail(error) {
    this.#show("error", null, errorInWords(error), error.temporary || error.status === 401);
  }

  #pauseOrResume() {
    if (this.status === "paused") this.#upload?.resume();
    else this.#upload?.pause();
  }

  /**
   * @param {string} name
   * @param {string} verb
   * @param {() => void} action
   */
  #button(name, verb, action) {
    this.#part(name).setAttribute("aria-label", `${verb} ${this.#file.name}`);
    this.#part(name).addEventListener("click", action);
  }

  /**
   * @param {string} status
   * @param {AirlockDocument | null} [document]
   * @param {string} [text]
   * @param {boolean} [retry]  Trying again may help.
   */
  #show(status, document = null, text, retry = status === "aborted" || status === "expired") {
    const before = this.status;
    this.node.dataset.status = status;
    this.#document = document;
    const part = this.#part;
    part("state").textContent = text ?? stateInWords(status, document, this.#file.size);
    part("pause").hidden = this.#file.size <= ONE_REQUEST || !isPausable(status);
    part("cancel").hidden = !isCancellable(status);
    part("retry").hidden = !retry;
    part("open").hidden = status !== "ready" && status !== "rejected";
    part("dismiss").hidden = !this.finished;
    if (status === "queued" || status === "preparing") part("progress").value = 0;
    if (["completing", "checking", "ready"].includes(status)) part("progress").value = 1;
    if (status === before) return;
    this.#showPause(status === "paused");
    announce(`${this.#file.name}: ${part("state").textContent}`);
    this.#changed();
  }

  /** One button for both, so that it keeps the focus. @param {boolean} paused */
  #showPause(paused) {
    this.#part("pause").setAttribute("aria-label", `${paused ? "Resume" : "Pause"} ${this.#file.name}`);
    showIcon(this.#part("pause-icon"), paused ? "play" : "pause");
    this.#speed = new Speed();
  }

  /**
   * @param {number} loaded
   * @param {number} total
   */
  #progress(loaded, total) {
    if (this.status !== "uploading" && this.status !== "paused") return;
    const speed = this.status === "uploading" ? this.#speed.add(loaded, performance.now()) : 0;
    this.#part("progress").value = loaded / total;
    const words = progressInWords(loaded, total, speed);
    this.#part("state").textContent = this.status === "paused" ? `Paused · ${words}` : words;
  }
}
