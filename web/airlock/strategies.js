/** How the bytes travel: a strategy for each `upload.method` the API may answer. */

import { AirlockError } from "./errors.js";
import { putFile } from "./put.js";

/**
 * @typedef {object} Transfer  What every strategy gets.
 * @property {File} file
 * @property {any} upload  Of the API's answer to a create; its shape depends on the method.
 * @property {() => Promise<any>} renew  Creates again under the same key: a fresh `upload`, or null when the
 *   document waits for no bytes any more.
 * @property {(loaded: number) => void} onProgress  Bytes so far.
 * @property {(status: "uploading" | "waiting") => void} onStatus
 * @property {AbortSignal} [signal]
 */

/** @type {Map<string, (transfer: Transfer) => Promise<void>>} */
const STRATEGIES = new Map([["PUT", putFile]]);

/**
 * Resolves when the bytes are there.
 * @param {Transfer} transfer
 */
export async function transferBytes(transfer) {
  const { method } = transfer.upload;
  const strategy = STRATEGIES.get(method);
  if (!strategy) throw new AirlockError({ code: "method_unknown", detail: `This client cannot upload by ${method}.` });
  await strategy(transfer);
}
