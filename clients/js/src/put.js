/** The upload method PUT: the whole file in one request to a presigned URL. */

import { assertReadable } from "./bytes.js";
import { ATTEMPTS, REFUSALS, retrying } from "./retry.js";
import { send } from "./send.js";

/**
 * @typedef {object} PutUpload  `upload` of the API's answer to a create.
 * @property {"PUT"} method
 * @property {string} url
 * @property {Record<string, string>} headers
 * @property {string} expiresAt
 */

/**
 * Before each further try it asks the API again: an answer that got lost may have meant that the bytes are there,
 * and what is there is not sent twice. The same answer brings a URL that has not expired.
 * @param {import("./strategies.js").Transfer} transfer  Its `upload` is a PutUpload.
 * @returns {Promise<number>} Seconds after which the document may be ready.
 */
export async function putFile({ file, upload, renew, connections, pause, signal, onProgress, onStatus }) {
  /** @type {PutUpload | null} */
  let grant = upload;
  let refusals = 0;
  const attempt = async () => {
    grant ??= await renew();
    if (!grant) return;
    const { url, headers } = grant;
    grant = null;
    await assertReadable(file);
    onStatus("uploading");
    await put(file, { url, headers, onProgress, signal: pause.or(signal) }).catch((error) => {
      if (error.status === 403 && ++refusals >= REFUSALS) error.temporary = false;
      throw error;
    });
  };
  const taken = () => connections.run(attempt, signal);
  await retrying(taken, { attempts: ATTEMPTS, signal, pause, onWait: () => onStatus("waiting") });
  onProgress(file.size);
  return 0;
}

/**
 * The URL writes once, so 412 says that an earlier try, whose answer got lost, has written the file.
 * @param {File} file
 * @param {Parameters<typeof send>[1]} request
 */
function put(file, request) {
  return send(file, request).catch((error) => {
    if (error.status !== 412) throw error;
  });
}
