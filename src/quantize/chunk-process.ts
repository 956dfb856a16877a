// The process that quantizes rows: the library is called here, for llama.cpp aborts at weights that it cannot take. One thread for each
// socket that it was given after its three streams; it ends with them.
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

const [, , library, threads] = process.argv;
const script = fileURLToPath(new URL("./chunk-worker.js", import.meta.url));
for (let at = 0; at < Number(threads); at++) new Worker(script, { workerData: { library, socket: 3 + at } });
