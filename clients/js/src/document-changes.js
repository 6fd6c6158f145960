/** All changes that the push socket reports, as an async iterator. */

import { waitForEvent } from "./wait.js";

/** @import { PushEvent, PushSocket } from "./push-socket.js" */
/** @import { DocumentChange } from "./types.js" */

/** Documents whose last sequence is remembered, to drop changes that come twice or late. */
const MAX_REMEMBERED = 10_000;

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
