// One rule for what a command reads and is not there: exit 3, whatever it is, and the message says what stands in its place.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DEMO_PATH } from "../../src/app/shipped.js";
import { Home } from "../support/oslm.js";

const home = new Home();
afterAll(() => home.remove());
mkdirSync(join(home.path, "folder"));
writeFileSync(join(home.path, "file.txt"), "text\n");
const run = (line: string, env = {}) => home.run(line.split(" "), { cwd: home.path, env, stdin: "" });

it.each([
  ["convert nothing", /there is no folder nothing\n.*\nTry: oslm convert/],
  ["convert file.txt", /file\.txt is a file\n {2}A folder is wanted\./],
  ["merge demo nothing -o m.gguf", /there is no folder nothing\n.*\nTry: oslm merge/],
  ["import nothing", /there is no file nothing\n.*\nTry: oslm import /],
  ["import folder", /folder is a folder\n {2}A file is wanted\./],
  ["import ./nothing", /there is no file \S*nothing\n.*\nTry: oslm import /],
  ["run ./nothing.gguf hi", /there is no file/],
  ["run ./folder hi", /is a folder\n {2}A file is wanted\./],
  ["run demo hi -f nothing", /there is no file nothing\n/],
  ["run demo hi -f folder", /folder is a folder\n.*\nTry: ls folder/],
  ["run demo hi --image nothing.png", /there is no file nothing\.png/],
  ["run demo hi --lora nothing", /there is no file nothing\n/],
  ["run demo hi --schema nothing", /there is no file nothing\n/],
  ["run demo hi --grammar folder", /folder is a folder/],
  ["replay nothing", /there is no file nothing\n/],
  ["batch demo nothing", /there is no file nothing\n/],
  ["batch demo folder", /folder is a folder/],
  [`quantize ${DEMO_PATH} Q4_K_M --imatrix nothing -o m.gguf`, /there is no file \S*nothing/],
  ["verify ./nothing.gguf", /Try: oslm list\n$/],
] as const)("%s", async (line, said) => {
  const { code, stdout, stderr } = await run(line);
  expect([code, stdout]).toEqual([3, ""]);
  expect(stderr).toMatch(said);
});

it("tells a file that reads like a name", async () => {
  writeFileSync(join(home.path, "model"), "x");
  expect((await run("import model")).stderr).toMatch(/Try: oslm import \.\/model\n$/);
});

describe("what is not the command line's fault", () => {
  it.each([
    ["list", { HF_ENDPOINT: "foo" }, /^oslm: HF_ENDPOINT is not .*: foo\n.*when it is not set\.\nTry: HF_ENDPOINT=/],
    ["run demo hi", { OSLM_PROMPT_CACHE: "foo" }, /^oslm: OSLM_PROMPT_CACHE is not a size: foo\n.*4GB.*\nTry: OSLM_/],
    ["batch demo", {}, /^oslm: standard input holds no prompts\n {2}Nothing came from it\.\nTry: \{"prompt"/],
  ] as const)("%s %o", async (line, env, said) => {
    const { code, stderr } = await run(line, env);
    expect([code, stderr]).toEqual([2, expect.stringMatching(said)]);
    expect(stderr).not.toContain("not understood");
  });
});

it.each([
  ["run demo hi -c 999999999", /134217728 tokens at most/],
  ["help run extra", /^oslm: there is no help on "extra" of run\n.*\nTry: oslm help run\n$/],
  [`import ${DEMO_PATH} --name demo`, /It is the name of the embedded demo model\./],
  ["list --license foo", /^oslm: unknown license "foo"\n.*\nTry: oslm list --license-class/],
] as const)("says what is so: %s", async (line, said) => {
  const { code, stderr } = await run(line);
  expect([code, stderr]).toEqual([2, expect.stringMatching(said)]);
});

it("repeats the flag that named an unknown model", async () => {
  const { code, stderr } = await run("run demo hi --draft qwem2");
  expect([code, stderr]).toEqual([3, expect.stringMatching(/"qwem2"[\s\S]*\nTry: --draft qwen2\n/)]);
});

it.each(["list", "list --json", "rm x", "prune", "verify", "outdated", "cp a b", "license list"])(
  "%s tells that a file stands where its folder belongs",
  async (line) => {
    const { code, stdout, stderr } = await run(line, { OSLM_HOME: join(home.path, "file.txt") });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("A file stands where a folder is needed.");
  },
);
