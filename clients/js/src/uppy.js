/**
 * Uploader plugin for Uppy 6: the files of an Uppy instance, and so of its Dashboard, go through the upload client.
 *
 *     import Airlock from "airlock-uploads/uppy";
 *     const uppy = new Uppy().use(Dashboard, { inline: true, target: "#uppy" }).use(Airlock, { endpoint, getToken });
 *     uppy.on("upload-success", (file, { body: document }) => ...); // the document is ready
 *
 * The next file starts as soon as the bytes of one are sent. While a step of the pipeline waits, the status bar names it.
 * A file whose upload was interrupted by a reload resumes when it is added again. The plugin follows Uppy's contract for
 * plugins and does not import Uppy, so it works with Uppy from a bundle, a CDN or npm.
 */

import { Airlock as Client } from "./index.js";
import { describeError, describeOutcome, describeWaiting } from "./messages.js";
import { Semaphore } from "./semaphore.js";

/** @import { AirlockDocument, FileToUpload, Upload, UploadOptions } from "./types.js" */

/**
 * @typedef {object} PluginOptions
 * @property {string} endpoint  URL of the API.
 * @property {(options?: {fresh?: boolean}) => Promise<string>} getToken  See Airlock.
 * @property {string} [id]  Id of the plugin.
 * @property {string} [kind]  Kind of all documents, unless a file has a `meta.kind`.
 * @property {string[]} [allowedMetaFields]  Fields of `file.meta` to store in the document's metadata; default none.
 * @property {number} [limit]  Files sent in parallel; default 3.
 * @property {UploadOptions["checksum"]} [checksum]
 */

/**
 * @typedef {object} Attempt  The last attempt to upload a file of Uppy.
 * @property {any} file  As it was then.
 * @property {Upload} upload
 * @property {AbortController} removal
 */

export class Airlock {
  type = "uploader";
  #client;
  #slots;
  /** By id of the file. @type {Map<string, Attempt>} */
  #failed = new Map();

  /**
   * @param {any} uppy
   * @param {PluginOptions} options
   */
  constructor(uppy, options) {
    this.uppy = uppy;
    this.opts = options;
    this.id = options.id ?? "Airlock";
    this.#client = new Client(options);
    this.#slots = new Semaphore(options.limit ?? 3);
  }

  install() {
    this.#setResumable(true);
    this.uppy.addUploader(this.#uploadAll);
  }

  uninstall() {
    this.#setResumable(false);
    this.uppy.removeUploader(this.#uploadAll);
  }

  /** Does nothing. Uppy calls it after every change of its state, and this plugin renders nothing. */
  update() {}

  /** Changes options of files that are added later, except the client's. @param {Partial<PluginOptions>} options */
  setOptions(options) {
    this.opts = { ...this.opts, ...options };
  }

  /** Shows or hides the pause buttons of the Dashboard. @param {boolean} resumableUploads */
  #setResumable(resumableUploads) {
    const { capabilities } = this.uppy.getState();
    this.uppy.setState({ capabilities: { ...capabilities, resumableUploads } });
  }

  /** @param {string[]} ids */
  #uploadAll = async (ids) => {
    const isPending = (/** @type {any} */ file) => !file.error && !file.progress.uploadComplete;
    const files = this.uppy.getFilesByIds(ids).filter(isPending);
    this.uppy.emit("upload-start", files);
    for (const file of files.filter(isRemote)) {
      this.#emitError(file, new Error("Files from remote providers are not supported."));
    }
    const local = files.filter((/** @type {any} */ file) => !isRemote(file));
    await Promise.all(this.#startAttempts(local).map((attempt) => this.#observe(attempt)));
  };

  /**
   * Starts the uploads of new files together, and retries those of files that have failed.
   * @param {any[]} files
   * @returns {Attempt[]}
   */
  #startAttempts(files) {
    const retried = files.map((file) => this.#retry(file)).filter((attempt) => attempt !== null);
    const added = files.filter((file) => !retried.some((attempt) => attempt.file.id === file.id));
    const removals = added.map(() => new AbortController());
    const entries = added.map((file, i) => this.#toEntry(file, removals[i]?.signal));
    const uploads = this.#client.uploadAll(entries, { slots: this.#slots });
    const started = uploads.map((upload, i) => ({ file: added[i], upload, removal: removals[i] }));
    return [...retried, .../** @type {Attempt[]} */ (started)];
  }

  /** Returns null for a file that has not failed, or has been replaced or changed since. @param {any} file */
  #retry(file) {
    const attempt = this.#failed.get(file.id);
    this.#failed.delete(file.id);
    const isSame = attempt?.file.data === file.data && JSON.stringify(attempt?.file.meta) === JSON.stringify(file.meta);
    return attempt && isSame ? { ...attempt, upload: attempt.upload.retry() } : null;
  }

  /**
   * Emits the outcome of an upload. Throws nothing.
   * @param {Attempt} attempt
   */
  async #observe(attempt) {
    const { file, upload, removal } = attempt;
    const syncPause = () => (this.uppy.getFile(file.id)?.isPaused ? upload.pause() : upload.resume());
    const removeListeners = this.#addListeners({
      "file-removed": ({ id }) => id === file.id && removal.abort(),
      "upload-pause": syncPause,
      "pause-all": syncPause,
      "resume-all": syncPause,
    });
    syncPause();
    const settled = await upload.then((document) => ({ document }), (error) => ({ error }));
    removeListeners();
    if (removal.signal.aborted) return;
    if ("error" in settled) {
      this.#failed.set(file.id, attempt);
      this.#emitError(file, settled.error);
    } else {
      this.#emitOutcome(file, settled.document);
    }
  }

  /**
   * @param {Record<string, (file: any) => void>} listeners
   * @returns {() => void} Removes them.
   */
  #addListeners(listeners) {
    for (const [event, listener] of Object.entries(listeners)) this.uppy.on(event, listener);
    return () => {
      for (const [event, listener] of Object.entries(listeners)) this.uppy.off(event, listener);
    };
  }

  /**
   * @param {any} file
   * @param {AbortSignal} [signal]
   * @returns {FileToUpload}
   */
  #toEntry({ id, data, name, type, meta }, signal) {
    const { kind, checksum, allowedMetaFields = [] } = this.opts;
    const fields = allowedMetaFields.filter((field) => meta[field] != null);
    const file = data.name === name ? data : new File([data], name, { type, lastModified: data.lastModified });
    return {
      file,
      signal,
      checksum,
      kind: meta.kind ?? kind,
      metadata: Object.fromEntries(fields.map((field) => [field, String(meta[field])])),
      onProgress: ({ loaded, total }) => this.#emitProgress(id, loaded, total),
      onStatus: (_status, document) => this.#showWaiting(id, document ? describeWaiting(document) : ""),
    };
  }

  /**
   * Shows what the document waits for as post-processing, which Uppy shows only for a file whose bytes were uploaded.
   * @param {string} id
   * @param {string} message  Empty when the document does not wait.
   */
  #showWaiting(id, message) {
    const progress = this.uppy.getFile(id)?.progress;
    if (!progress || message === (progress.postprocess?.message ?? "")) return;
    const postprocess = message ? { mode: "indeterminate", message } : undefined;
    this.uppy.setFileState(id, { progress: { ...progress, uploadComplete: message !== "", postprocess } });
  }

  /**
   * @param {string} id
   * @param {number} bytesUploaded
   * @param {number} bytesTotal
   */
  #emitProgress(id, bytesUploaded, bytesTotal) {
    const file = this.uppy.getFile(id);
    if (!file) return; // it has just been removed
    this.uppy.emit("upload-progress", file, { uploadStarted: file.progress.uploadStarted, bytesUploaded, bytesTotal });
  }

  /**
   * @param {any} file
   * @param {AirlockDocument} document
   */
  #emitOutcome({ id }, document) {
    if (document.status !== "ready") {
      this.#emitError({ id }, new Error(describeOutcome(document)));
      return;
    }
    const response = { status: 200, body: document, bytesUploaded: document.size };
    this.uppy.emit("upload-success", this.uppy.getFile(id), response);
  }

  /**
   * @param {any} file
   * @param {unknown} error
   */
  #emitError({ id }, error) {
    this.#showWaiting(id, "");
    this.uppy.emit("upload-error", this.uppy.getFile(id), new Error(describeError(error), { cause: error }));
  }
}

/** @param {any} file */
function isRemote(file) {
  return file.isRemote;
}

export default Airlock;
