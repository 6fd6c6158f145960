/** https://axios-http.com/docs/post_example */

import { createReadStream } from "node:fs";
import axios from "axios";
import { run } from "./run.mjs";

await run({
  post: async (url, body, headers) => (await axios.post(url, body, { headers })).data,
  put: (url, path, size, headers) =>
    axios.put(url, createReadStream(path), { headers: { ...headers, "Content-Length": size } }),
  get: async (url, headers) => (await axios.get(url, { headers })).data,
});
