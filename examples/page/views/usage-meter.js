/** The meter of what the user has stored. It is hidden while the figures are unknown. */

import { formatSize } from "airlock-uploads/messages";
import { readUsage } from "../usage.js";
import { getElement } from "./template.js";

/** @import { Airlock, Kinds } from "airlock-uploads" */
/** @import { Usage } from "../usage.js" */

/** Many documents may change at the same time, which is one call. */
const DELAY_MS = 1_500;
/** Share of the limit from which the meter warns. */
const WARNING = 0.9;

export class UsageMeter {
  #airlock;
  #box = getElement("usage");
  /** @type {Kinds | null} */
  #kinds = null;
  #controller = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Airlock} airlock */
  constructor(airlock) {
    this.#airlock = airlock;
  }

  /** Shows the figures of the user who is signed in. @param {Kinds | null} kinds */
  start(kinds) {
    this.stop();
    this.#kinds = kinds;
    this.#controller = new AbortController();
    this.#read();
  }

  /** Hides the figures of a user who has signed out. */
  stop() {
    this.#controller.abort();
    clearTimeout(this.#timer);
    this.#box.hidden = true;
  }

  /** Reads the figures again soon. */
  refresh() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#read(), DELAY_MS);
  }

  async #read() {
    const { signal } = this.#controller;
    if (signal.aborted) return;
    const usage = await readUsage(this.#airlock, this.#kinds, signal).catch(() => null); // the list shows the error
    if (usage && !signal.aborted) this.#render(usage);
  }

  /** @param {Usage} usage */
  #render({ storedBytes, maxStoredBytes, isMinimum }) {
    const share = Math.min(1, storedBytes / Math.max(1, maxStoredBytes));
    const bar = /** @type {HTMLProgressElement} */ (getElement("usage-bar"));
    const text = `${isMinimum ? "More than " : ""}${formatSize(storedBytes)} of ${formatSize(maxStoredBytes)}`;
    bar.value = share;
    bar.setAttribute("aria-valuetext", text);
    getElement("usage-text").textContent = text;
    this.#box.toggleAttribute("data-warning", share >= WARNING);
    this.#box.hidden = false;
  }
}
