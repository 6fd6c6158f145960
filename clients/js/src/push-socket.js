/**
 * The WebSocket over which the server reports changes of the user's documents. All who listen share one.
 *
 * A lost connection is opened again. What changed meanwhile is not sent again, so that listeners read what they show after
 * each `connected`. Without push, and while there is no connection, they poll.
 */

import { hasCode } from "./errors.js";
import { sleep, waitForEvent } from "./wait.js";

/** @import { AcceptedFiles } from "./accepted-files.js" */
/** @import { Api } from "./api.js" */
/** @import { DocumentChange } from "./types.js" */

const OPEN_TIMEOUT_MS = 15_000;
/** API Gateway closes each connection after 10 minutes without a message, and all of an API at once with a deployment. */
const MAX_JITTER_MS = 2_000;
const MIN_DELAY_MS = 1_000;
const MAX_DELAY_MS = 60_000;

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
    for (let failures = 0; ; failures++) {
      let wait = MIN_DELAY_MS * 2 ** Math.min(failures, 6);
      try {
        if (await this.#connect(signal)) failures = wait = 0;
      } catch (error) {
        signal.throwIfAborted();
        if (hasCode(error, "sign_in_required")) throw error;
        if (hasCode(error, "http_404", "route_not_found")) return; // a later deployment is without push
        wait = Math.max(wait, (/** @type {any} */ (error).retryAfter ?? 0) * 1000);
      }
      if (!navigator.onLine) await waitForEvent(globalThis, "online", signal);
      await sleep(Math.min(wait, MAX_DELAY_MS) + Math.random() * MAX_JITTER_MS, signal);
    }
  }

  /**
   * Opens a connection and waits until it is closed. Returns false for one that was never open.
   * @param {AbortSignal} signal
   */
  async #connect(signal) {
    const { data } = await this.#api.callOnce("POST", "/events/tickets", { signal });
    const socket = new WebSocket(data.url);
    const close = () => socket.close();
    const timer = setTimeout(close, OPEN_TIMEOUT_MS);
    signal.addEventListener("abort", close, { once: true });
    let wasOpen = false;
    socket.onopen = () => {
      clearTimeout(timer);
      if (signal.aborted) return;
      wasOpen = this.isConnected = true;
      this.#emit({ type: "connected" });
    };
    socket.onmessage = ({ data: message }) => {
      if (!signal.aborted) this.#receive(message);
    };
    await waitForEvent(socket, "close");
    clearTimeout(timer);
    signal.removeEventListener("abort", close);
    signal.throwIfAborted();
    if (wasOpen) {
      this.isConnected = false;
      this.#emit({ type: "disconnected" });
    }
    return wasOpen;
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
