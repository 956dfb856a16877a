// Bars in a pseudo terminal: two shards, slowly.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { inTerminal, type TerminalResult } from "../support/pty.js";
import { TENSORS, tinyGguf } from "../support/tiny-gguf.js";

const MB = 1_000_000;
const [FIRST, SECOND] = ["tiny-Q8_0-00001-of-00002.gguf", "tiny-Q8_0-00002-of-00002.gguf"];
const shard = (index: number, size: number): Buffer =>
  Buffer.concat([
    tinyGguf({ "split.no": index, "split.count": 2 }, TENSORS.slice(index, index === 0 ? 1 : 3)),
    Buffer.alloc(size),
  ]);

let hub: FakeHub;
const homes: Home[] = [];
beforeAll(async () => {
  const files = { [FIRST]: shard(0, 2 * MB), [SECOND]: shard(1, 3 * MB) };
  hub = await startFakeHub({ repos: [{ id: "org/two-GGUF", files, card: { license: "mit" } }] });
});
afterAll(async () => {
  await hub.close();
  for (const home of homes) home.remove();
});

function slowly(bytesPerSecond = MB): void {
  for (const file of [FIRST, SECOND]) hub.faults.set(file, { at: "cdn", bytesPerSecond });
}

function pull(steps: Parameters<typeof inTerminal>[2] = [], setting: Parameters<typeof inTerminal>[3] = {}) {
  const home = new Home({ HF_ENDPOINT: hub.endpoint });
  homes.push(home);
  return inTerminal(home, ["pull", "org/two-GGUF"], steps, setting);
}

const CURSOR = { hidden: "\u001b[?25l", shown: "\u001b[?25h" };
const leavesCursor = ({ raw }: TerminalResult) =>
  raw.includes(CURSOR.hidden) && raw.lastIndexOf(CURSOR.shown) > raw.lastIndexOf(CURSOR.hidden);

it("draws a bar for each shard and their sum, not too often, and leaves a line of each file", async () => {
  slowly();
  const began = performance.now();
  const shown = await pull([], { columns: 120 });
  const seconds = (performance.now() - began) / 1000;
  expect(shown.code).toBe(0);
  expect(shown.text).toMatch(/00001-of-00002\.gguf +█+░+ +\d+% +[\d.]+ [kM]B of 2\.0 MB/);
  expect(shown.text).toMatch(/total +█+░+ +\d+% +[\d.]+ MB of 5\.0 MB +[\d.]+ [kM]B\/s +\d+s left/);
  for (const line of [`${FIRST}  2.0 MB  verified`, `${SECOND}  3.0 MB  verified`])
    expect(shown.text.split(line)).toHaveLength(2);
  expect(leavesCursor(shown)).toBe(true);
  expect(shown.raw).not.toContain("\u001b[3J");
  const drawn = shown.text.match(/total +█*░+ /g)?.length ?? 0;
  expect(drawn).toBeGreaterThan(5);
  expect(drawn).toBeLessThan(seconds * 10 + 5);
});

it("stays within a narrow terminal", async () => {
  slowly(2 * MB);
  const { code, raw } = await pull([], { columns: 40 });
  expect(code).toBe(0);
  const rows = raw.split("\u001b").flatMap((part) => part.match(/(?:tiny|total).*% .*/g) ?? []);
  expect(rows.length).toBeGreaterThan(5);
  expect(Math.max(...rows.map((row) => row.length))).toBeLessThan(40);
});

it("ends cleanly at Ctrl-C: unfinished files as they are, the cursor, what is kept", async () => {
  slowly();
  const shown = await pull([[/total +█+░/, "\u0003"]]);
  expect(shown.code).toBe(130);
  expect(shown.text).toMatch(/00001-of-00002\.gguf {2}\d+% of 2\.0 MB\n.*00002-of-00002\.gguf {2}\d+% of 3\.0 MB\n/);
  expect(shown.text).toMatch(/\noslm: stopped\n {2}[\d.]+ [kM]B kept; run the same command to continue\.\n$/);
  expect(leavesCursor(shown)).toBe(true);
});

it("shows the cursor also when a second Ctrl-C waits for nothing", async () => {
  slowly();
  const shown = await pull([[/total +█+░/, "\u0003\u0003"]]);
  expect(shown.code).toBe(130);
  expect(leavesCursor(shown)).toBe(true);
});

it("says that it waits for the next try", async () => {
  // The first reply is to the look at the header.
  const faults = [{ at: "cdn", times: 1, delayMs: 1 } as const, { at: "cdn", times: 1, status: 503 } as const];
  for (const file of [FIRST, SECOND]) hub.faults.set(file, ...faults);
  const shown = await pull([], { columns: 120 });
  expect(shown.code).toBe(0);
  expect(shown.text).toMatch(/0000[12]-of-00002\.gguf +░+ +0% .* retry in 1 s/);
  expect(shown.text).toMatch(/0000[12]-of-00002\.gguf: .*; trying again in 1 s\n/);
});

it("draws no bars where none are wanted", async () => {
  for (const [name, value] of [
    ["NO_PROGRESS", "1"],
    ["TERM", "dumb"],
  ] as const) {
    hub.faults.clear();
    const { code, raw } = await pull([], { env: { [name]: value } });
    expect([code, raw]).toEqual([0, expect.stringContaining(`downloading ${FIRST} (2.0 MB)`)]);
    for (const sign of ["█", "░", CURSOR.hidden]) expect(raw).not.toContain(sign);
  }
});
