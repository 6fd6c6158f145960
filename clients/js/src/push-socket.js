/**
 * The WebSocket over which the server reports changes of the user's documents. All who listen share one.
 *
 * A lost connection is opened again. What changed meanwhile is not sent again, so that listeners read what they show after
 * each `connected`. Without push, and while there is no connection, they poll.
 */

/** @import { AcceptedFiles } from "./accepted-files.js" */
/** @import { Api } from "./api.js" */
/** @import { DocumentChange } from "./types.js" */

/**
 * @typedef {{type: "connected"} | {type: "disconnected"} | {type: "ended", error: unknown} |
 *   {type: "change", change: DocumentChange}} PushEvent
 *   `ended`: nothing follows, because the deployment has no push, or nobody is signed in, which is the `error`.
 */

/** @typedef {(event: PushEvent) => void} PushListener */

export class PushSocket {
  #api;
  #acceptedFiles;
  /** @type {Set<PushListener>} */
  #listeners = new Set();
  /** Ends the connection, null without one. @type {AbortController | null} */
  #controller = null;
  isConnected = false;

  /**
   * @param {Api} api
   * @param {AcceptedFiles} acceptedFiles
   */
  constructor(api, acceptedFiles) {
    this.#api = api;
    this.#acceptedFiles = acceptedFiles;
  }

  /**
   * Opens the connection for the first listener, and closes it after the last one, because another user may sign in.
   * @param {PushListener} listener
   * @returns {() => void}  Ends the subscription.
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    if (this.isConnected) listener({ type: "connected" });
    if (!this.#controller) this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  #start() {
    const controller = (this.#controller = new AbortController());
    this.#run(controller.signal).then(
      () => this.#end(controller, null),
      (error) => this.#end(controller, error),
    );
  }

  #stop() {
    this.#controller?.abort();
    this.#controller = null;
    this.isConnected = false;
  }

  /**
   * @param {AbortController} controller
   * @param {unknown} error
   */
  #end(controller, error) {
    if (this.#controller !== controller) return; // stopped, and perhaps started again
    this.#stop();
    this.#emit({ type: "ended", error });
  }

  /**
   * Keeps a connection open until the signal is aborted. Returns at once without push. Throws AirlockError
   * `sign_in_required`.
   * @param {AbortSignal} signal
   */
  async #run(signal) {
    if (!("WebSocket" in globalThis) || !(await this.#acceptedFiles.hasPush(signal))) return;
    // Loaded here, because most deployments have no push. Without the module, listeners poll.
    const connection = await import("./push-connection.js").catch(() => null);
    await connection?.keepConnected(this.#api, signal, {
      onOpen: () => {
        this.isConnected = true;
        this.#emit({ type: "connected" });
      },
      onClose: () => {
        this.isConnected = false;
        this.#emit({ type: "disconnected" });
      },
      onMessage: (message) => this.#receive(message),
    });
  }

  /** @param {string} message */
  #receive(message) {
    for (const change of JSON.parse(message).changes ?? []) this.#emit({ type: "change", change });
  }

  /** @param {PushEvent} event */
  #emit(event) {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
