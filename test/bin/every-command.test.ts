// What holds for all commands, by the numbers of the checklist in the design. For those that load a model: run-manners.test.ts.
import { spawn } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { BIN, Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let hub: FakeHub;
let home: Home;
let empty: Home;
const LONG = "org/b-model-with-a-long-name-GGUF";

beforeAll(async () => {
  const body = (size: number): Buffer => Buffer.concat([tinyGguf(), Buffer.alloc(size)]);
  hub = await startFakeHub({
    repos: [
      { id: "org/a-GGUF", files: { "a-Q4_K_M.gguf": body(5_000) }, card: { license: "mit" } },
      { id: LONG, files: { "b-Q8_0.gguf": body(9_000) }, card: { license: "llama3.2" } },
    ],
  });
  const env = { HF_ENDPOINT: hub.endpoint };
  home = new Home(env);
  empty = new Home(env);
  await home.run(["pull", "org/a-GGUF"]);
  await home.run(["pull", LONG, "--accept-license", "llama3.2"]);
});
afterAll(async () => {
  await hub.close();
  home.remove();
  empty.remove();
});

const COMMANDS: readonly string[] = [
  "list",
  "show org/a-GGUF",
  "search org",
  "fit org/a-GGUF",
  "recommend",
  "license org/a-GGUF",
  "license list",
  "license report",
  "outdated",
  "verify",
  "prune --dry-run",
  "pull org/a-GGUF",
  "cp org/a-GGUF:Q4_K_M mine",
  "doctor",
];

it.each(COMMANDS)(
  "9, 12, 17: %s gives one JSON document and nothing else, and no escape sequence to a pipe",
  async (line) => {
    const args = line.split(" ");
    const [plain, json] = await Promise.all([home.run(args), home.run([...args, "--json"])]);
    expect([plain.code, json.code]).toEqual([0, 0]);
    expect(JSON.parse(json.stdout)).toBeInstanceOf(Object);
    for (const byte of ["\u001b", "\r"]) expect(plain.stdout + plain.stderr + json.stderr).not.toContain(byte);
  },
);

it("10: list ends quietly when its reader has left", async () => {
  const child = spawn("sh", ["-c", `"${process.execPath}" "${BIN}" list; echo "ended with $?" >&2`], {
    env: home.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.destroy();
  let stderr = "";
  for await (const text of child.stderr) stderr += String(text);
  expect(stderr).toBe("ended with 0\n");
});

it("20: --quiet prints names that the next command takes", async () => {
  const { stdout } = await home.run(["list", "--quiet"]);
  const names = stdout.trimEnd().split("\n");
  expect(names).toContain(`${LONG}:Q8_0`);
  for (const name of names) {
    const shown = await home.run(["show", name, "--json=name"]);
    expect(JSON.parse(shown.stdout)).toEqual({ name });
  }
});

it("22: a table is fields and tabs in a pipe, and fits a narrow terminal", async () => {
  const { stdout } = await home.run(["list"]);
  const row = stdout.split("\n").find((line) => line.startsWith(LONG));
  expect(row).toMatch(new RegExp(`^${LONG}:Q8_0\tQ8_0\t\\d{4,5}\tllama3\\.2\t`));
  const { text } = await inTerminal(home, ["list"], [], { columns: 72 });
  const [header, ...rows] = text.trimEnd().split("\n");
  expect(header).toMatch(/^NAME +QUANT +SIZE +LICENSE +USED$/);
  for (const line of rows) expect(line.length).toBeLessThanOrEqual(72);
  // Names are whole as long as there is room for them at all: people paste them.
  expect(text).toMatch(new RegExp(`^${LONG}:Q8_0  Q8_0 +\\d+\\.\\d kB  llama3.*…  never$`, "m"));
});

it.each([
  ["list", "oslm pull"],
  ["license list", "oslm pull asks"],
  ["outdated", "oslm pull"],
  ["search nothing-is-called-that", "fewer words"],
])("23: nothing to show: %s says so to a person, and nothing to a program", async (line, next) => {
  const args = line.split(" ");
  const [piped, json] = await Promise.all([empty.run(args), empty.run([...args, "--json"])]);
  expect([piped.code, piped.stdout]).toEqual([0, ""]);
  expect([json.code, JSON.parse(json.stdout)]).toEqual([0, []]);
  const { code, text } = await inTerminal(empty, args);
  expect([code, text]).toEqual([0, expect.stringMatching(new RegExp(`[a-z].*${next}`, "s"))]);
});

it("49: nobody is asked in a pipe, with --no-input, or in CI, and the error names the flag", async () => {
  const rm = ["rm", "org/a-GGUF:Q4_K_M"];
  const piped = await home.run(rm, { stdin: "y\n" });
  expect([piped.code, piped.stderr]).toEqual([2, expect.stringContaining("--yes")]);
  const license = ["pull", LONG, "--accept-license", "mit"];
  for (const { code, text } of [
    await inTerminal(home, [...rm, "--no-input"]),
    await inTerminal(home, rm, [], { env: { CI: "true" } }),
  ])
    expect([code, text]).toEqual([2, expect.stringContaining("--yes")]);
  const gate = await inTerminal(empty, [...license, "--no-input"]);
  expect([gate.code, gate.text]).toEqual([5, expect.stringContaining("--accept-license llama3.2")]);
});

it("50: rm shows what will go and how much that frees, asks, and leaves what it is told to leave", async () => {
  const rm = ["rm", `${LONG}:Q8_0`];
  const declined = await inTerminal(home, rm, [["[y/N]", "\r"]]);
  expect([declined.code, declined.text]).toEqual([130, expect.stringMatching(/Q8_0[\s\S]*kB[\s\S]*\[y\/N\]/)]);
  expect((await home.run(["list", "-q"])).stdout).toContain(LONG);
  const removed = await home.run([...rm, "--yes", "--json"]);
  expect(JSON.parse(removed.stdout)).toMatchObject({ removed: [`${LONG}:Q8_0`], freedBytes: expect.any(Number) });
  expect((await home.run(["list", "-q"])).stdout).not.toContain(LONG);
});
