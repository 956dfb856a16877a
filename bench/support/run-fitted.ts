// Runs a synthetic model by `oslm run` with a full context, and says what the process has taken.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { KvType } from "../../src/fit/memory.js";
import { BIN } from "../../test/support/oslm.js";
import type { SyntheticModel } from "./synthetic-models.js";

export interface FitSetting {
  readonly ctx: number;
  readonly kvType: KvType;
  readonly useMmap: boolean;
}

/** In bytes; the peak, and what was resident at the end. */
export interface Used {
  readonly VmHWM: number;
  readonly RssAnon: number;
  readonly RssFile: number;
}

/** Of the context, left to the template and the answer. */
const LEFT = 150;

/** In a process of its own. `whole` computes all of the prompt, which takes minutes. A text says why it failed. */
export async function runFitted(
  path: string,
  folder: string,
  { state, window }: SyntheticModel,
  setting: FitSetting,
  whole: boolean,
): Promise<Used | string> {
  const usage = join(folder, "usage.json");
  rmSync(usage, { force: true });
  // No prompt is to be found there that a run before has kept.
  const home = join(folder, "home");
  rmSync(home, { recursive: true, force: true });
  const filled = setting.ctx - LEFT;
  const hook = fileURLToPath(new URL("./engine-hook.mjs", import.meta.url));
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    NODE_OPTIONS: `--import=${hook}`,
    BENCH_LOAD: JSON.stringify({ usage, folder, state, window, whole, filled, ...setting }),
  };
  const args = ["run", path, "--ctx", String(setting.ctx), "-n", "2", "--temp", "0", "--quiet"];
  const child = spawn(process.execPath, [BIN, ...args], { env, stdio: ["pipe", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  // One token a word.
  child.stdin.end(" a".repeat(filled));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) return `exit ${code}: ${stderr.trim().slice(0, 600)}`;
  if (!existsSync(usage)) return "the hook was not loaded";
  return JSON.parse(readFileSync(usage, "utf8")) as Used;
}
