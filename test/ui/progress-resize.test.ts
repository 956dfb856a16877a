// A terminal that becomes narrower breaks the rows that stand there: they must not stay behind.
import { PassThrough } from "node:stream";
import { expect, it, vi } from "vitest";
import { Output } from "../../src/ui/output.js";
import { createProgress } from "../../src/ui/progress.js";
import { openTerminal } from "../../src/ui/terminal.js";

const [PATH, MB] = ["a-model-with-a-rather-long-name-Q8_0.gguf", 1e6];

it("takes back the lines that broken rows fill, and draws for the new width", async () => {
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 24 });
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr, env: {} };
  const terminal = openTerminal(streams, { color: false, input: true, progress: true, quiet: false });
  const listeners = process.listenerCount("exit");
  const written = () => String(stderr.read() ?? "");
  const progress = createProgress(new Output(terminal, { kind: "human" }));
  progress.plan(2, 200 * MB);
  progress.start(PATH, 50 * MB, 100 * MB);
  try {
    const wide = await vi.waitUntil(() => /a-model.*of 100 MB[\s\S]*total.*of 200 MB/.exec(written())?.[0]);
    expect(wide).toContain("█");

    stderr.columns = 40;
    stderr.emit("resize");
    // Two rows of more than 40 and at most 80 characters.
    expect(written()).toBe("\u001b[3A\r\u001b[J\n");
    stderr.columns = 30;
    stderr.emit("resize");
    expect(written()).toBe("");
    const narrow = await vi.waitUntil(() => /a-mo[^\n]*% *[\s\S]*total +\d+%/.exec(written())?.[0]);
    expect(narrow).not.toContain("█");
  } finally {
    progress.stop();
  }
  expect(written()).toMatch(new RegExp(`${PATH}  50% of 100 MB\\u001b\\[K\\n`));
  expect([stderr.listenerCount("resize"), process.listenerCount("exit")]).toEqual([0, listeners]);
});
