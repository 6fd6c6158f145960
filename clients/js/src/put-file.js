/** The upload method PUT: the whole file in one request to a presigned URL. */

import { assertReadable } from "./bytes.js";
import { hasStatus } from "./errors.js";
import { putBlob } from "./put-blob.js";
import { MAX_ATTEMPTS, MAX_FORBIDDEN, retry } from "./retry.js";

/**
 * @typedef {object} PutUpload  The `upload` of the response to a create.
 * @property {"PUT"} method
 * @property {string} url
 * @property {Record<string, string>} headers
 * @property {string} expiresAt
 */

/**
 * Uploads the file. Before each further attempt it repeats the create, whose response tells whether the bytes have
 * arrived, and so are not sent twice, and has a URL that has not expired.
 * @param {import("./strategies.js").Transfer} transfer  Its `upload` is a PutUpload.
 * @returns {Promise<number>} Seconds after which the document may be ready.
 */
export async function putFile(transfer) {
  const { file, upload, renew, connections, failures, speed, pause, signal, onProgress, onStatus } = transfer;
  /** @type {PutUpload | null} */
  let presigned = upload;
  let forbidden = 0;
  const attempt = async () => {
    presigned ??= await renew();
    if (!presigned) return;
    const { url, headers } = presigned;
    presigned = null;
    await assertReadable(file);
    onStatus("uploading");
    try {
      await putOnce(file, { url, headers, onProgress, failures, speed, signal: pause.combineWith(signal) });
    } catch (error) {
      if (hasStatus(error, 403) && ++forbidden >= MAX_FORBIDDEN) error.temporary = false;
      throw error;
    }
  };
  const attemptWithConnection = () => connections.run(attempt, signal);
  const onWait = () => onStatus("waiting");
  await retry(attemptWithConnection, { attempts: MAX_ATTEMPTS, signal, pause, onWait });
  onProgress(file.size);
  return 0;
}

/**
 * Sends the file. The URL writes once, so 412 means that an earlier attempt has written the file and its response was
 * lost.
 * @param {File} file
 * @param {Parameters<typeof putBlob>[1]} request
 */
async function putOnce(file, request) {
  try {
    await putBlob(file, request);
  } catch (error) {
    if (!hasStatus(error, 412)) throw error;
  }
}
