// bench/probe.py for Node.js: prints the CPU seconds of import and first call, then per call for each line of stdin.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const cpu = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
};

const [bundle, eventFile] = process.argv.slice(2);
const event = JSON.parse(readFileSync(eventFile, "utf8"));
const start = cpu();
const { handler } = await import(bundle);
const imported = cpu();
const first = await handler(event);
const done = cpu();
if (first.statusCode !== 201) {
    throw new Error(JSON.stringify(first));
}
const rss = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024;
console.log(JSON.stringify({ imported: imported - start, first: done - imported, rss, opened: null }));
for await (const line of createInterface({ input: process.stdin })) {
    const before = cpu();
    for (let n = 0; n < Number(line); n += 1) {
        await handler(event);
    }
    console.log(JSON.stringify((cpu() - before) / Number(line)));
}
