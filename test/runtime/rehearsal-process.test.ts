// The process of a rehearsal as the system sees it: it offers itself first when memory runs out, and does not outlive who asked.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { childrenOf } from "../support/children-of.js";

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
const parent = `
  const { createLlamaEngine } = require(${JSON.stringify(join(parts.pathname, "engine.js"))});
  createLlamaEngine().rehearse(${JSON.stringify(options)}, { real: false, spare: 0, bytes: 0 });
`;

describe.skipIf(process.platform !== "linux")("a rehearsal's process", () => {
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
