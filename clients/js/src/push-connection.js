/** The connections of the push socket, one after the other: a ticket for each, and a delay after those that fail. */

import { hasCode } from "./errors.js";
import { sleep, waitForEvent } from "./wait.js";

/** @import { Api } from "./api.js" */

const OPEN_TIMEOUT_MS = 15_000;
/** API Gateway closes each connection after 10 minutes without a message, and all of an API at once with a deployment. */
const MAX_JITTER_MS = 2_000;
const MIN_DELAY_MS = 1_000;
const MAX_DELAY_MS = 60_000;

/** @typedef {{onOpen: () => void, onClose: () => void, onMessage: (message: string) => void}} ConnectionListeners */

/**
 * Keeps a connection open until the signal is aborted. Returns when the deployment has no push any more. Throws AirlockError
 * `sign_in_required`, or the signal's reason.
 * @param {Api} api
 * @param {AbortSignal} signal
 * @param {ConnectionListeners} listeners
 */
export async function keepConnected(api, signal, listeners) {
  for (let failures = 0; ; failures++) {
    let wait = MIN_DELAY_MS * 2 ** Math.min(failures, 6);
    try {
      if (await connect(api, signal, listeners)) failures = wait = 0;
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
 * @param {Api} api
 * @param {AbortSignal} signal
 * @param {ConnectionListeners} listeners
 */
async function connect(api, signal, { onOpen, onClose, onMessage }) {
  const { data } = await api.callOnce("POST", "/events/tickets", { signal });
  const socket = new WebSocket(data.url);
  const close = () => socket.close();
  const timer = setTimeout(close, OPEN_TIMEOUT_MS);
  signal.addEventListener("abort", close, { once: true });
  let wasOpen = false;
  socket.onopen = () => {
    clearTimeout(timer);
    if (signal.aborted) return;
    wasOpen = true;
    onOpen();
  };
  socket.onmessage = ({ data: message }) => {
    if (!signal.aborted) onMessage(message);
  };
  await waitForEvent(socket, "close");
  clearTimeout(timer);
  signal.removeEventListener("abort", close);
  signal.throwIfAborted();
  if (wasOpen) onClose();
  return wasOpen;
}
