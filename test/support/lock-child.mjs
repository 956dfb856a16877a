// A process that takes a lock: node lock-child.mjs hold LOCK, or race LOCK LOG. Bundled code, since ten of them start.
// Racers say that they are ready and start when their stdin ends.

import { once } from "node:events";
import { appendFileSync } from "node:fs";
import lock from "../../dist/test/parts/lock.js";

const [mode, path, log] = process.argv.slice(2);
if (mode === "race") {
  process.stdout.write("ready\n");
  process.stdin.resume();
  await once(process.stdin, "end");
}
const release = await lock.waitForLock(path);
if (mode === "hold") {
  process.stdout.write("held\n");
  setInterval(() => {}, 1_000);
} else {
  appendFileSync(log, `enter ${process.pid}\n`);
  await new Promise((resolve) => setTimeout(resolve, 15));
  appendFileSync(log, `leave ${process.pid}\n`);
  await release();
}
