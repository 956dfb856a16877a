// Writes src/gguf/architectures.json: what the llama.cpp that node-llama-cpp brings along can load, from the source in its
// package. Run it when that package has changed; with `--print` it only prints. test/gguf/architectures.test.ts fails until then.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const LIBRARY = new URL("../node_modules/node-llama-cpp/llama/", import.meta.url);
const TARGET = new URL("../src/gguf/architectures.json", import.meta.url);

const folder = mkdtempSync(join(tmpdir(), "oslm-architectures-"));
try {
  const { tag } = JSON.parse(readFileSync(new URL("llama.cpp.info.json", LIBRARY), "utf8"));
  const git = (...args) =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  git("clone", "--quiet", "--bare", fileURLToPath(new URL("gitRelease.bundle", LIBRARY)), ".");
  const named = git("show", "HEAD:src/llama-arch.cpp").matchAll(/\{\s*(LLM_ARCH_\w+),\s*"([^"]+)"\s*\}/g);
  const models = git("show", "HEAD:src/llama-model.cpp");
  // A few have a name and nothing that loads them (GPT-J).
  const from = models.indexOf("static llama_model * llama_model_mapping");
  const loaded = new Set(models.slice(from, models.indexOf("default:", from)).match(/LLM_ARCH_\w+/g));
  const names = [...named].flatMap(([, key, name]) => (loaded.has(key) ? [name] : [])).sort();
  if (names.length < 100) throw new Error("llama.cpp's source is laid out in another way");
  const text = `${JSON.stringify({ llamaCpp: tag, names }, null, 2)}\n`;
  if (process.argv.includes("--print")) process.stdout.write(text);
  else writeFileSync(TARGET, text);
} finally {
  rmSync(folder, { recursive: true });
}
