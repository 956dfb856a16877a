// Questions and progress in a pseudo terminal.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { DEMO, Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";

let home: Home;
let hub: FakeHub;
beforeAll(async () => {
  hub = await startFakeHub({
    repos: [{ id: "org/llama-GGUF", files: { "m-Q8_0.gguf": { file: DEMO } }, card: { license: "llama3.2" } }],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

it("asks for a license with its obligations, and takes no for an answer", async () => {
  const declined = await inTerminal(home, ["pull", "org/llama-GGUF"], [["Accept llama3.2? [y/N]", "n\r"]]);
  expect(declined.code).toBe(130);
  expect(declined.text).toMatch(/Llama 3\.2[\s\S]*- .*Built with Llama[\s\S]*nothing was downloaded/);
  // What is said then begins on a line of its own.
  for (const [key, said] of [
    ["\u0003", "oslm: stopped"],
    ["\u0004", "oslm: declined"],
  ] as const) {
    const interrupted = await inTerminal(home, ["pull", "org/llama-GGUF"], [["Accept llama3.2? [y/N]", key]]);
    expect([interrupted.code, interrupted.text]).toEqual([130, expect.stringContaining(`[y/N] \n${said}\n`)]);
  }
  expect(home.filesButEvidence().filter((file) => !file.endsWith("/loads.jsonl"))).toEqual([]);
});

it("shows a bar while it downloads, and leaves the cursor visible", async () => {
  hub.faults.set("m-Q8_0.gguf", { at: "cdn", bytesPerSecond: 2_000_000 });
  const { code, raw, text } = await inTerminal(home, ["pull", "org/llama-GGUF"], [["[y/N]", "y\r"]]);
  expect([code, text]).toEqual([
    0,
    expect.stringMatching(/m-Q8_0\.gguf +█*░+ +\d+%[\s\S]*m-Q8_0\.gguf {2}[\d.]+ MB {2}verified/),
  ]);
  expect(raw.lastIndexOf("\u001b[?25h")).toBeGreaterThan(raw.lastIndexOf("\u001b[?25l"));
  expect(raw).not.toContain("\u001b[3J");
});

it("writes no color where none is wanted", async () => {
  const { raw } = await inTerminal(home, ["list"], [], { env: { NO_COLOR: "1" } });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for exactly that
  expect(raw).not.toMatch(/\u001b\[[\d;]*m/);
});
