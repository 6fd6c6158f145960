/** How the bytes travel: a strategy for each `upload.method` the API may answer. */

import { AirlockError } from "./errors.js";
import { putParts } from "./multipart.js";
import { putFile } from "./put.js";

/** @import { Api } from "./api.js" */
/** @import { Connections } from "./connections.js" */
/** @import { Pause } from "./pause.js" */
/** @import { AirlockDocument } from "./types.js" */

/** @typedef {"uploading" | "waiting" | "paused" | "completing"} TransferStatus */

/**
 * @typedef {object} Transfer  What every strategy gets.
 * @property {File} file
 * @property {AirlockDocument} document
 * @property {any} upload  Of the API's answer to a create; its shape depends on the method.
 * @property {() => Promise<any>} renew  Creates again under the same key: a fresh `upload`, or null when the
 *   document waits for no bytes any more.
 * @property {Api} api
 * @property {Connections} connections
 * @property {Pause} pause
 * @property {AbortSignal} signal
 * @property {(loaded: number) => void} onProgress  Bytes so far.
 * @property {(status: TransferStatus) => void} onStatus
 */

/** @type {Map<string, (transfer: Transfer) => Promise<number>>} */
const STRATEGIES = new Map([
  ["PUT", putFile],
  ["MULTIPART", putParts],
]);

/**
 * Resolves when the bytes are there, with the seconds after which a look at the document is worth it.
 * @param {Transfer} transfer
 */
export async function transferBytes(transfer) {
  const { upload, pause, onStatus } = transfer;
  const strategy = STRATEGIES.get(upload.method);
  if (!strategy) {
    throw new AirlockError({ code: "method_unknown", detail: `This client cannot upload by ${upload.method}.` });
  }
  let said = "";
  const say = (/** @type {TransferStatus} */ status) => {
    const now = pause.on && status !== "completing" ? "paused" : status;
    if (now !== said) onStatus(now);
    said = now;
  };
  const ended = new AbortController();
  pause.addEventListener("change", () => say("uploading"), { signal: ended.signal });
  if (pause.on) say("uploading");
  try {
    return await strategy({ ...transfer, onStatus: say });
  } finally {
    ended.abort();
  }
}
