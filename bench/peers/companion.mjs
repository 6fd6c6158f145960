// Uppy Companion with its batch route. Prints its port, then the CPU seconds used so far for each line of stdin.
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import * as companion from "@uppy/companion";
import express from "express";

const [bucket] = process.argv.slice(2);
const { app } = companion.app({
    filePath: tmpdir(),
    secret: "a-secret-of-nobody",
    server: { host: "127.0.0.1", protocol: "http" },
    corsOrigins: true,
    s3: { bucket, region: process.env.AWS_REGION, expires: 900, getKey: ({ filename }) => filename },
});
const outer = express();
outer.use(app);
const server = outer.listen(0, "127.0.0.1", () => console.log(JSON.stringify(server.address().port)));

for await (const _ of createInterface({ input: process.stdin })) {
    const { user, system } = process.cpuUsage();
    console.log(JSON.stringify((user + system) / 1e6));
}
process.exit(0);
