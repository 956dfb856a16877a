// Loaded into every Node process of a command: adds a line to the file that STARTS names, with the script that the process runs.
import { appendFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

if (isMainThread) appendFileSync(process.env.STARTS, `${process.argv[1]}\n`);
