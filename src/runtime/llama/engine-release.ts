// Which llama.cpp the installed engine is, without loading it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { engineEntry } from "./cpu-library.js";

/** As node-llama-cpp notes it beside its sources: `v0.5.0`. `unknown` where it does not. */
export function engineRelease(): string {
  try {
    const noted = join(fileURLToPath(engineEntry()), "..", "..", "llama", "binariesGithubRelease.json");
    const { release } = JSON.parse(readFileSync(noted, "utf8")) as { readonly release?: unknown };
    return typeof release === "string" ? release : "unknown";
  } catch {
    return "unknown";
  }
}
