/** Uploads a file with a client's own `post`, `put` and `get`, and prints its document when it is checked. */

import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";

const [api, path] = process.argv.slice(2);
const authorization = `Bearer ${process.env.AIRLOCK_TOKEN}`;

/**
 * @param {object} client
 * @param {(url: string, body: object, headers: object) => Promise<any>} client.post  Sends and returns JSON.
 * @param {(url: string, path: string, size: number, headers: object) => Promise<unknown>} client.put  Sends a file.
 * @param {(url: string, headers: object) => Promise<any>} client.get  Returns JSON.
 */
export async function run({ post, put, get }) {
  const { size } = await stat(path);
  const body = { fileName: basename(path), size, contentType: "application/pdf" };
  let { document, upload } = await post(`${api}/documents`, body, { authorization });
  await put(upload.url, path, size, upload.headers);
  while (["pending", "processing"].includes(document.status)) {
    await setTimeout(200);
    document = await get(`${api}/documents/${document.id}`, { authorization });
  }
  console.log(JSON.stringify(document));
}
