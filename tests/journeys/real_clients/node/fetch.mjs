/** The fetch of Node, with a stream of known length as the body. */

import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { run } from "./run.mjs";

async function send(url, options) {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response;
}

await run({
  post: async (url, body, headers) => {
    const options = { method: "POST", body: JSON.stringify(body), headers: { ...headers, "content-type": "application/json" } };
    return (await send(url, options)).json();
  },
  put: (url, path, size, headers) => {
    const body = Readable.toWeb(createReadStream(path));
    return send(url, { method: "PUT", body, duplex: "half", headers: { ...headers, "content-length": String(size) } });
  },
  get: async (url, headers) => (await send(url, { headers })).json(),
});
