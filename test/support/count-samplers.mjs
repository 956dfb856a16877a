// Loaded into a process: writes how many samplers node-llama-cpp has made and let go of to the file that SAMPLERS names.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";

if (isMainThread && process.env.SAMPLERS !== undefined) {
  const dist = dirname(createRequire(import.meta.url).resolve("node-llama-cpp"));
  const path = join(dist, "evaluator/LlamaContext/LlamaSampler.js");
  const { LlamaSampler } = await import(pathToFileURL(path).href);
  const { asyncDispose } = LlamaSampler.prototype;
  let count = 0;
  LlamaSampler.prototype.asyncDispose = function () {
    count++;
    return asyncDispose.call(this);
  };
  process.on("exit", () => writeFileSync(process.env.SAMPLERS, String(count)));
}
