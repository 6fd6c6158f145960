/** https://undici.nodejs.org/#/docs/api/Dispatcher */

import { createReadStream } from "node:fs";
import { request } from "undici";
import { run } from "./run.mjs";

async function send(url, options) {
  const { statusCode, body } = await request(url, options);
  const text = await body.text();
  if (statusCode >= 300) throw new Error(`${statusCode} ${text}`);
  return text;
}

await run({
  post: async (url, body, headers) => {
    const options = { method: "POST", body: JSON.stringify(body), headers: { ...headers, "content-type": "application/json" } };
    return JSON.parse(await send(url, options));
  },
  put: (url, path, size, headers) =>
    send(url, { method: "PUT", body: createReadStream(path), headers: { ...headers, "content-length": String(size) } }),
  get: async (url, headers) => JSON.parse(await send(url, { headers })),
});
