/** Keeps the list of documents up to date with what other tabs and machines change. */

import { AirlockError } from "airlock-uploads";

/** @import { Airlock, DocumentChange } from "airlock-uploads" */
/** @import { DocumentList } from "./document-list.js" */

export class LiveChanges {
  #airlock;
  #list;
  #controller = new AbortController();
  /** Ids of documents to read. One that changes again before it is read, is read once. @type {Set<string>} */
  #changed = new Set();
  #isReading = false;

  /**
   * @param {Airlock} airlock
   * @param {DocumentList} list
   */
  constructor(airlock, list) {
    this.#airlock = airlock;
    this.#list = list;
  }

  /** Follows the changes of the user who is signed in. */
  async follow() {
    this.stop();
    const { signal } = (this.#controller = new AbortController());
    try {
      for await (const change of this.#airlock.events({ signal })) this.#handle(change);
    } catch {
      // The user has signed out. The next one starts again.
    }
  }

  /** Ends, for a user who has signed out. */
  stop() {
    this.#controller.abort();
    this.#changed.clear();
  }

  /** @param {DocumentChange | {type: "connected"}} change */
  #handle(change) {
    if (change.type === "connected") {
      this.#list.refresh();
      return;
    }
    this.#changed.add(change.id);
    if (!this.#isReading) this.#read();
  }

  async #read() {
    this.#isReading = true;
    for (const id of this.#changed) {
      this.#changed.delete(id);
      const { signal } = this.#controller;
      try {
        const document = await this.#airlock.get(id);
        if (!signal.aborted) this.#list.upsert(document);
      } catch (error) {
        if (!signal.aborted && isPurged(error)) this.#list.remove(id);
      }
    }
    this.#isReading = false;
  }
}

/** @param {unknown} error */
function isPurged(error) {
  return error instanceof AirlockError && error.code === "document_not_found";
}
