/** https://github.com/sindresorhus/got/blob/main/documentation/2-options.md */

import { createReadStream } from "node:fs";
import got from "got";
import { run } from "./run.mjs";

await run({
  post: (url, json, headers) => got.post(url, { json, headers }).json(),
  put: (url, path, size, headers) =>
    got.put(url, { body: createReadStream(path), headers: { ...headers, "content-length": String(size) } }),
  get: (url, headers) => got.get(url, { headers }).json(),
});
