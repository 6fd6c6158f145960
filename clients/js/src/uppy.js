/**
 * Uppy's way to Airlock: the files of an Uppy 6 instance, and so of its Dashboard, go through the upload client.
 *
 *     import Airlock from "airlock-uploads/uppy";
 *     const uppy = new Uppy().use(Dashboard, { inline: true, target: "#uppy" }).use(Airlock, { endpoint, getToken });
 *     uppy.on("upload-success", (file, { body: document }) => ...); // it has been checked, and is ready
 *
 * A file that was not finished before a reload goes on when it is added again. This keeps Uppy's contract for plugins
 * without importing Uppy, so that it works with the one that the page has, from a bundle, a CDN or npm.
 */

import { Airlock as Client } from "./index.js";
import { Connections } from "./connections.js";
import { errorInWords, outcomeInWords } from "./words.js";

/** @import { Upload, UploadOptions } from "./types.js" */

/**
 * @typedef {object} Options
 * @property {string} endpoint  Of the API.
 * @property {(options?: {fresh?: boolean}) => Promise<string>} getToken  As the client takes it.
 * @property {string} [id]  Of the plugin.
 * @property {string} [kind]  Of all documents, unless a file has a `meta.kind`.
 * @property {string[]} [allowedMetaFields]  The fields of `file.meta` that become the document's metadata; none.
 * @property {number} [limit]  Files at a time; 3.
 * @property {UploadOptions["checksum"]} [checksum]
 */

export class Airlock {
  type = "uploader";
  #client;
  #turns;

  /**
   * @param {any} uppy
   * @param {Options} options
   */
  constructor(uppy, options) {
    this.uppy = uppy;
    this.opts = options;
    this.id = options.id ?? "Airlock";
    this.#client = new Client(options);
    this.#turns = new Connections(options.limit ?? 3);
  }

  install() {
    this.#sayResumable(true);
    this.uppy.addUploader(this.#uploadAll);
  }

  uninstall() {
    this.#sayResumable(false);
    this.uppy.removeUploader(this.#uploadAll);
  }

  /** Uppy tells every plugin of every change of its state; this one has nothing to draw. */
  update() {}

  /** @param {Partial<Options>} options  For what is added from now on; the client stays as it is. */
  setOptions(options) {
    this.opts = { ...this.opts, ...options };
  }

  /** @param {boolean} resumableUploads  Whether there are buttons to pause. */
  #sayResumable(resumableUploads) {
    const { capabilities } = this.uppy.getState();
    this.uppy.setState({ capabilities: { ...capabilities, resumableUploads } });
  }

  /** @param {string[]} ids */
  #uploadAll = async (ids) => {
    const files = this.uppy.getFilesByIds(ids).filter((/** @type {any} */ file) => !file.error && !file.progress.uploadComplete);
    this.uppy.emit("upload-start", files);
    await Promise.all(files.map((/** @type {any} */ file) => this.#uploadOne(file)));
  };

  /** Tells Uppy how it ends; throws nothing. @param {any} file */
  async #uploadOne(file) {
    const removed = new AbortController();
    /** @type {Upload | undefined} */
    let upload;
    const hold = () => (this.uppy.getFile(file.id)?.isPaused ? upload?.pause() : upload?.resume());
    const stop = this.#listen({
      "file-removed": ({ id }) => id === file.id && removed.abort(),
      "upload-pause": hold,
      "pause-all": hold,
      "resume-all": hold,
    });
    const begin = () => {
      upload = this.#begin(file, removed.signal);
      hold();
      return upload;
    };
    try {
      this.#succeed(file, await this.#turns.run(begin, removed.signal));
    } catch (error) {
      if (!removed.signal.aborted) this.#fail(file, error);
    } finally {
      stop();
    }
  }

  /**
   * @param {Record<string, (file: any) => void>} listeners
   * @returns {() => void} Ends it.
   */
  #listen(listeners) {
    for (const [event, listener] of Object.entries(listeners)) this.uppy.on(event, listener);
    return () => {
      for (const [event, listener] of Object.entries(listeners)) this.uppy.off(event, listener);
    };
  }

  /**
   * @param {any} file
   * @param {AbortSignal} signal
   */
  #begin({ id, isRemote, data, name, type, meta }, signal) {
    const { kind, checksum, allowedMetaFields = [] } = this.opts;
    if (isRemote) throw new Error("Files from other services cannot be uploaded here.");
    const fields = allowedMetaFields.filter((field) => meta[field] != null).map((field) => [field, String(meta[field])]);
    const named = data.name === name ? data : new File([data], name, { type, lastModified: data.lastModified });
    return this.#client.upload(named, {
      signal,
      checksum,
      kind: meta.kind ?? kind,
      metadata: Object.fromEntries(fields),
      onProgress: ({ loaded, total }) => this.#progress(id, loaded, total),
    });
  }

  /**
   * @param {string} id
   * @param {number} bytesUploaded
   * @param {number} bytesTotal
   */
  #progress(id, bytesUploaded, bytesTotal) {
    const file = this.uppy.getFile(id);
    if (!file) return; // it has just been removed
    this.uppy.emit("upload-progress", file, { uploadStarted: file.progress.uploadStarted, bytesUploaded, bytesTotal });
  }

  /**
   * @param {any} file
   * @param {import("./types.js").AirlockDocument} document
   */
  #succeed({ id }, document) {
    if (document.status !== "ready") throw new Error(outcomeInWords(document));
    this.uppy.emit("upload-success", this.uppy.getFile(id), { status: 200, body: document, bytesUploaded: document.size });
  }

  /**
   * @param {any} file
   * @param {any} error
   */
  #fail({ id }, error) {
    this.uppy.emit("upload-error", this.uppy.getFile(id), new Error(errorInWords(error), { cause: error }));
  }
}

export default Airlock;
