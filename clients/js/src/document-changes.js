/** Two views of the push socket: all changes as an async iterator, and one document as something to wait for. */

import { waitForEvent } from "./wait.js";

/** @import { PushEvent, PushSocket } from "./push-socket.js" */
/** @import { DocumentChange } from "./types.js" */

/** Documents whose last sequence is remembered, to drop changes that come twice or late. */
const MAX_REMEMBERED = 10_000;
/** Milliseconds between two polls while the socket is open. A step that waits is no change of the document. */
const CONNECTED_INTERVAL_MS = 30_000;

/**
 * Yields `connected` after each connection, and each change of a document once, in order for each document. Ends without
 * push. Throws AirlockError `sign_in_required`, or the signal's reason.
 * @param {PushSocket} socket
 * @param {AbortSignal} [signal]
 * @returns {AsyncGenerator<DocumentChange | {type: "connected"}, void, void>}
 */
export async function* listChanges(socket, signal) {
  signal?.throwIfAborted();
  const events = /** @type {PushEvent[]} */ ([]);
  const sequences = new Sequences();
  const arrivals = new EventTarget();
  const unsubscribe = socket.subscribe((event) => {
    events.push(event);
    arrivals.dispatchEvent(new Event("event"));
  });
  try {
    for (;;) {
      if (events.length === 0) await waitForEvent(arrivals, "event", signal);
      const event = /** @type {PushEvent} */ (events.shift());
      if (event.type === "ended" && event.error) throw event.error;
      if (event.type === "ended") return;
      if (event.type === "connected") yield event;
      if (event.type === "change" && sequences.add(event.change)) yield event.change;
    }
  } finally {
    unsubscribe();
  }
}

/** The highest sequence of each document. */
class Sequences {
  /** @type {Map<string, number>} */
  #last = new Map();

  /** Returns false for a change that is not newer than the last one of its document. @param {DocumentChange} change */
  add({ id, sequence }) {
    if (sequence <= (this.#last.get(id) ?? 0)) return false;
    this.#last.delete(id);
    this.#last.set(id, sequence);
    const [oldest = ""] = this.#last.keys();
    if (this.#last.size > MAX_REMEMBERED) this.#last.delete(oldest);
    return true;
  }
}

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
      const wake = (this.#wake = () => resolve(null));
      const ms = this.#isConnected ? Math.max(interval, CONNECTED_INTERVAL_MS) : interval;
      const timer = setTimeout(wake, ms);
      signal?.addEventListener("abort", wake, { once: true });
      await promise;
      clearTimeout(timer);
      signal?.removeEventListener("abort", wake);
      signal?.throwIfAborted();
    }
    this.#mayHaveChanged = false;
  }
}
