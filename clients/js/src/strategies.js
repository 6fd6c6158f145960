/** Strategies to transfer the bytes: one for each `upload.method` of the API. */

import { AirlockError } from "./errors.js";
import { putFile } from "./put-file.js";
import { putParts } from "./put-parts.js";

/** @import { Api } from "./api.js" */
/** @import { LineSpeed } from "./line-speed.js" */
/** @import { PauseController } from "./pause-controller.js" */
/** @import { RequestFailures } from "./request-failures.js" */
/** @import { Semaphore } from "./semaphore.js" */
/** @import { SendWindow } from "./send-window.js" */
/** @import { AirlockDocument } from "./types.js" */

/** @typedef {"uploading" | "waiting" | "paused" | "completing"} TransferStatus */

/**
 * @typedef {object} Transfer  Input of every strategy.
 * @property {File} file
 * @property {AirlockDocument} document
 * @property {any} upload  From the API's response to a create; its shape depends on the method.
 * @property {() => Promise<any>} renew  Repeats the create under the same key. Returns a fresh `upload`, or null when
 *   the document no longer waits for bytes.
 * @property {Api} api
 * @property {Semaphore} connections
 * @property {RequestFailures} failures  Of the storage.
 * @property {LineSpeed} speed
 * @property {SendWindow} sendWindow  Of the parts of all uploads.
 * @property {PauseController} pause
 * @property {AbortSignal} signal
 * @property {(loaded: number) => void} onProgress  Receives the bytes so far.
 * @property {(status: TransferStatus) => void} onStatus
 */

/** @type {Map<string, (transfer: Transfer) => Promise<number>>} */
const STRATEGIES = new Map([
  ["PUT", putFile],
  ["MULTIPART", putParts],
]);

/**
 * Resolves when all bytes have arrived, with the seconds after which the document may be ready.
 * @param {Transfer} transfer
 */
export async function transferBytes(transfer) {
  const { upload, pause, onStatus } = transfer;
  const strategy = STRATEGIES.get(upload.method);
  if (!strategy) {
    const detail = `This client does not support ${upload.method} uploads.`;
    throw new AirlockError({ code: "method_unknown", detail });
  }
  let lastStatus = "";
  const emit = (/** @type {TransferStatus} */ status) => {
    const visible = pause.isPaused && status !== "completing" ? "paused" : status;
    if (visible !== lastStatus) onStatus(visible);
    lastStatus = visible;
  };
  const listeners = new AbortController();
  pause.addEventListener("change", () => emit("uploading"), { signal: listeners.signal });
  if (pause.isPaused) emit("uploading");
  try {
    return await strategy({ ...transfer, onStatus: emit });
  } finally {
    listeners.abort();
  }
}
