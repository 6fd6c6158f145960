/** The meter of what the user has stored. It is hidden while the figures are unknown. */

import { formatSize } from "airlock-uploads/messages";
import { getElement } from "./template.js";

/** @import { Airlock, Usage } from "airlock-uploads" */

/** Many documents may change at the same time, which is one call. */
const DELAY_MS = 1_500;
/** Share of the limit from which the meter warns. */
const WARNING = 0.9;

export class UsageMeter {
  #airlock;
  #box = getElement("usage");
  #controller = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Airlock} airlock */
  constructor(airlock) {
    this.#airlock = airlock;
  }

  /** Shows the figures of the user who is signed in. */
  start() {
    this.stop();
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
    const usage = await this.#airlock.usage({ signal }).catch(() => null); // the list shows the error
    if (usage && !signal.aborted) this.#render(usage);
  }

  /** @param {Usage} usage */
  #render({ stored: { bytes, maxBytes } }) {
    const share = Math.min(1, bytes / Math.max(1, maxBytes));
    const bar = /** @type {HTMLProgressElement} */ (getElement("usage-bar"));
    const text = `${formatSize(bytes)} of ${formatSize(maxBytes)}`;
    bar.value = share;
    bar.setAttribute("aria-valuetext", text);
    getElement("usage-text").textContent = text;
    this.#box.toggleAttribute("data-warning", share >= WARNING);
    this.#box.hidden = false;
  }
}
