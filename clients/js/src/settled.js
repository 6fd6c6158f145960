/** Waiting for the server: from the arrival of the bytes until the document no longer moves. */

import { sleep } from "./wait.js";

/** @import { Api } from "./api.js" */
/** @import { AirlockDocument, UploadOptions } from "./types.js" */

const ATTEMPTS = 8;
/** Statuses of a document that is still on its way. */
export const MOVING = new Set(["pending", "processing"]);
const LONGEST_BETWEEN_LOOKS_MS = 10_000;
/** Looks after which a document that is still pending is completed once more. */
const PATIENCE = 8;

/**
 * @param {Api} api
 * @param {string} id
 * @param {object} [options]
 * @param {AbortSignal} [options.signal]
 * @param {UploadOptions["onStatus"]} [options.onStatus]
 * @param {number} [options.after]  Seconds until the first look.
 * @param {boolean} [options.inParts]  It was completed; when S3 did not answer that, it may have to be again.
 * @returns {Promise<AirlockDocument>}
 */
export async function settled(api, id, { signal, onStatus, after = 0, inParts = false } = {}) {
  const path = `/documents/${encodeURIComponent(id)}`;
  const retry = { signal, attempts: ATTEMPTS, onWait: () => onStatus?.("waiting", null) };
  await sleep(after * 1000, signal);
  for (let looks = 1; ; looks++) {
    const { data, retryAfter } = await api.call("GET", path, retry);
    onStatus?.(MOVING.has(data.status) ? "checking" : data.status, data);
    if (!MOVING.has(data.status)) return data;
    if (inParts && data.status === "pending" && looks % PATIENCE === 0) await api.call("POST", `${path}/complete`, retry);
    const apart = Math.max((retryAfter ?? 1) * 1000, Math.min(250 * looks, LONGEST_BETWEEN_LOOKS_MS));
    await sleep(apart * (1 + Math.random() / 5), signal);
  }
}
