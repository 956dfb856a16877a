// Progress where nothing can be redrawn.
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { Output, type OutputMode } from "../../src/ui/output.js";
import { createProgress, type Progress } from "../../src/ui/progress.js";
import { openTerminal } from "../../src/ui/terminal.js";

interface Setting {
  readonly env?: NodeJS.ProcessEnv;
  readonly progress?: boolean;
  readonly mode?: OutputMode;
}

/** What is said while two files of 100 MB come with 10 MB per second, 30 MB of the first being here. */
function lines({ env = {}, progress: asked = true, mode = { kind: "human" } }: Setting = {}): string[] {
  let ms = 0;
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const flags = { color: true, input: true, progress: asked, quiet: mode.kind === "quiet" };
  const progress = createProgress(new Output(openTerminal({ stdin, stdout, stderr, env }, flags), mode), () => ms);
  progress.plan(2, 200e6);
  for (const [path, present] of [
    ["a.gguf", 30e6],
    ["b.gguf", 0],
  ] as const) {
    progress.start(path, present, 100e6);
    for (let done = present; done < 100e6; done += 1e5) {
      ms += 10;
      progress.update(path, done + 1e5);
    }
    progress.finish(path, "verified");
  }
  progress.stop();
  return String(stderr.read() ?? "")
    .split("\n")
    .filter(Boolean);
}

const STARTS = ["downloading a.gguf (100 MB, 30.0 MB kept from before)", "downloading b.gguf (100 MB)"];

it("says every tenth of the whole, with rate and time left", () => {
  const told = lines();
  expect(told.filter((line) => line.startsWith("down"))).toEqual(STARTS);
  const tenths = told.filter((line) => line.startsWith("  "));
  expect(tenths.map((line) => line.slice(0, 6))).toEqual(
    [20, 30, 40, 50, 60, 70, 80, 90, 100].map((percent) => `  ${`${percent}%`.padStart(4)}`),
  );
  expect(tenths[3]).toBe("   50%  100 MB of 200 MB  10.0 MB/s  10s left");
});

it("is silent about tenths with --no-progress, NO_PROGRESS and CI; wholly with --quiet and --json", () => {
  expect(lines({ progress: false })).toEqual(STARTS);
  expect(lines({ env: { NO_PROGRESS: "1" } })).toEqual(STARTS);
  expect(lines({ env: { CI: "true" } })).toEqual(STARTS);
  expect(lines({ mode: { kind: "quiet" } })).toEqual([]);
  expect(lines({ mode: { kind: "json" } })).toEqual([]);
});

it("says nothing twice within a second", () => {
  let ms = 0;
  const stderr = new PassThrough();
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr, env: {} };
  const terminal = openTerminal(streams, { color: true, input: true, progress: true, quiet: false });
  const progress: Progress = createProgress(new Output(terminal, { kind: "human" }), () => ms);
  progress.start("fast.gguf", 0, 1000);
  for (let done = 1; done <= 1000; done++) {
    ms += 3.5;
    progress.update("fast.gguf", done);
  }
  expect(String(stderr.read()).match(/\d+(?=%)/g)).toEqual(["20", "50", "80"]);
});
