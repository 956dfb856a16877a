// The process of a rehearsal as the system sees it: it offers itself first when memory runs out, and does not outlive who asked.
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it, vi } from "vitest";
import { saysOutOfMemory } from "../../src/runtime/llama/engine-log.js";
import { childrenOf } from "../support/children-of.js";
import { DEMO } from "../support/oslm.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-rehearsal-process-"));
let killed: ChildProcess | undefined;
let child: number | undefined;
afterAll(() => {
  killed?.kill("SIGKILL");
  if (child !== undefined && existsSync(`/proc/${child}`)) process.kill(child, "SIGKILL");
  rmSync(folder, { recursive: true });
});

/** Opened in the engine's thread, it keeps the rehearsal waiting for ever. */
const endless = join(folder, "endless.gguf");
const parts = new URL("../../dist/parts/", import.meta.url);
const options = { path: endless, ctx: 256, batch: 256, threads: 1, gpuLayers: 0, useMmap: false, kvType: "f16" };
const engine = `require(${JSON.stringify(join(parts.pathname, "engine.js"))}).createLlamaEngine()`;
const rehearse = (path: string, real: boolean) =>
  `engine.rehearse(${JSON.stringify({ ...options, path })}, { real: ${real}, spare: 0, bytes: 0 })`;
const parent = `const engine = ${engine}; ${rehearse(endless, false)};`;

describe.skipIf(process.platform !== "linux")("a rehearsal's process", () => {
  it("says that memory is wanting where computing would have too little, more than one buffer can have as well", async () => {
    for (const spare of [1e9, 5e9]) {
      const told = JSON.stringify({ ...options, path: DEMO, real: true, spare });
      const words = [
        "-c",
        'ulimit -v 1300000; exec "$0" "$@"',
        process.execPath,
        join(parts.pathname, "rehearsal.js"),
        told,
      ];
      const { stdout } = await promisify(execFile)("sh", words);
      expect(saysOutOfMemory(JSON.parse(stdout).failed)).toBe(true);
    }
  });

  it("that cannot be started lets only a load go ahead that leaves memory", async () => {
    const program = `
      const engine = ${engine};
      const { openSync } = require("node:fs");
      (async () => {
        await ${rehearse("/nowhere", false)};
        try { for (;;) openSync("/dev/null"); } catch {}
        const outcomes = [await ${rehearse(DEMO, false)}, await ${rehearse(DEMO, true)}];
        process.stdout.write(JSON.stringify(outcomes), () => process.exit());
      })();
    `;
    const { stdout } = await promisify(execFile)("sh", [
      "-c",
      'ulimit -n 100; exec "$0" "$@"',
      process.execPath,
      "-e",
      program,
    ]);
    expect(JSON.parse(stdout)).toEqual([
      { is: "unknown" },
      { is: "refused", reason: "no process could be started to try it in first" },
    ]);
  });

  it("is the first to be ended for memory, and ends when its parent is killed", async () => {
    execFileSync("mkfifo", [endless]);
    killed = spawn(process.execPath, ["-e", parent], { stdio: "ignore" });
    const { pid: own = 0 } = killed;
    await vi.waitFor(
      () => {
        [child] = childrenOf(own, "rehearsal.js");
        expect(readFileSync(`/proc/${child}/oom_score_adj`, "utf8").trim()).toBe("1000");
        // Two at once: the engine's thread waits to open the file.
        expect(readFileSync(`/proc/${child}/maps`, "utf8")).toContain("llama-addon.node");
      },
      { timeout: 8000, interval: 20 },
    );
    killed.kill("SIGKILL");
    await vi.waitFor(() => expect(existsSync(`/proc/${child}`)).toBe(false), { timeout: 3000, interval: 20 });
  });
});
