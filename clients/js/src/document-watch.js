/** One document of the push socket, as something to wait for. */

import { waitFor } from "./wait.js";

/** @import { PushEvent, PushSocket } from "./push-socket.js" */

/** Milliseconds between two polls while the socket is open. A step that waits is no change of the document. */
const CONNECTED_INTERVAL_MS = 30_000;

/** Tells when one document may have changed. */
export class DocumentWatch {
  #socket;
  #id;
  /** @type {(() => void) | null} */
  #unsubscribe = null;
  #isConnected = false;
  #mayHaveChanged = false;
  #wake = () => {};

  /**
   * @param {PushSocket} socket
   * @param {string} id
   */
  constructor(socket, id) {
    this.#socket = socket;
    this.#id = id;
  }

  /** Listens from now on, until `close`. */
  open() {
    this.#unsubscribe ??= this.#socket.subscribe((event) => this.#handle(event));
  }

  close() {
    this.#unsubscribe?.();
  }

  /** @param {PushEvent} event */
  #handle(event) {
    if (event.type === "change" && event.change.id !== this.#id) return;
    if (event.type === "ended" && !this.#isConnected) return;
    if (event.type !== "change") this.#isConnected = event.type === "connected";
    this.#mayHaveChanged = true;
    this.#wake();
  }

  /**
   * Waits until the document may have changed, at most `interval` milliseconds without a connection and half a minute with
   * one. Returns at once after what has happened since the last call.
   * @param {number} interval
   * @param {AbortSignal} [signal]  Rejects with its reason.
   */
  async wait(interval, signal) {
    signal?.throwIfAborted();
    if (!this.#mayHaveChanged) {
      const { promise, resolve } = Promise.withResolvers();
      this.#wake = () => resolve(null);
      const ms = this.#isConnected ? Math.max(interval, CONNECTED_INTERVAL_MS) : interval;
      const timer = setTimeout(this.#wake, ms);
      await waitFor(promise, signal).finally(() => clearTimeout(timer));
    }
    this.#mayHaveChanged = false;
  }
}
