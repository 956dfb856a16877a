#!/usr/bin/env node
// CommonJS, so that it runs on any Node and before the thread pool exists.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `oslm: Node ${process.versions.node} is too old\n  oslm needs Node 20.19 or later.\nTry: install a current Node from https://nodejs.org\n`,
  );
  process.exit(2);
}

// Each llama.cpp decode is a job of libuv's thread pool, and hopping between its four threads costs 20 % of the speed.
// The size can only be set before the first job, which an ES module's loader already takes.
const DECODING = ["run", "replay", "chat", "complete", "batch", "embed"];
if (DECODING.includes(process.argv[2])) process.env.UV_THREADPOOL_SIZE ??= "1";

if (process.argv.length === 3 && ["--version", "-V"].includes(process.argv[2])) {
  process.stdout.on("error", () => process.exit(1));
  process.stdout.write(`oslm ${require("../package.json").version}\n`);
} else {
  try {
    require("../dist/main.js");
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND" || !String(error.message).includes("dist/main.js'")) throw error;
    process.stderr.write("oslm: this copy is not built\n  dist/ is missing.\nTry: npm run build\n");
    process.exitCode = 1;
  }
}
