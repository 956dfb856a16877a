// The manners of oslm run, by the numbers of the checklist in the design; 10 is in run.test.ts, 51 in run-input.test.ts, 52 in
// run-schema.test.ts and run-thinking.test.ts. 17 and 22 to 25 are of tables and sizes, which it does not print.
import type { ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawn } from "@lydell/node-pty";
import { afterAll, expect, it } from "vitest";
import { BIN, Home, type Result } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { GO, scriptedModel } from "../support/scripted-model.js";

const home = new Home();
afterAll(() => home.remove());

/** What must not reach a terminal: a window title, a cleared screen, the same by one byte, a name turned round. */
const EVIL = ["\u001b]0;owned\u0007", "\u001b[2J", "\u009b2J", "\u202e", "done"];
// A template that ends where thinking has come back to it.
const TEMPLATE = `{% for m in messages %}{% if 'secret' in m.content %}{{ raise_exception('leaked') }}{% endif %}{{ m.content }}{% endfor %}{% if false %}<think>{% endif %}{{ '${GO}' }}`;
const file = "./evil.gguf";
writeFileSync(
  join(home.path, file),
  scriptedModel({ script: ["<think>", "a secret", "</think>", ...EVIL], template: TEMPLATE }),
);
const run = (...args: string[]): Promise<Result> => home.run(["run", file, "hi", ...args], { cwd: home.path });
const SAID = EVIL.join("");
// biome-ignore lint/suspicious/noControlCharactersInRegex: looking for exactly that
const STYLE = /\u001b\[[\d;]*m/;

it("9, 12, 15, 16, 20: a pipe gets the model's own bytes and nothing else, whatever is said besides", async () => {
  expect(await run()).toEqual({ code: 0, stdout: `${SAID}\n`, stderr: "a secret\n" });
  expect(await run("--quiet")).toEqual({ code: 0, stdout: `${SAID}\n`, stderr: "" });
  const { stdout, stderr } = await run("--verbose", "--ctx", "64");
  expect([stdout, stderr]).toEqual([`${SAID}\n`, expect.stringMatching(/needs \d+ MB of RAM[\s\S]*a secret\n$/)]);
  expect(stderr).not.toMatch(STYLE);
});

it("10: answers where stderr is closed, and fails with its own exit code", async () => {
  const unread = { cwd: home.path, onStart: (child: ChildProcess) => child.stderr?.destroy() };
  expect(await home.run(["run", file, "hi", "--verbose"], unread)).toEqual({
    code: 0,
    stdout: `${SAID}\n`,
    stderr: "",
  });
  expect((await home.run(["run", "./none.gguf", "hi"], unread)).code).toBe(3);
});

it("15, 53: a terminal is not steered, and gets thinking dim", async () => {
  const { code, raw } = await inTerminal(home, ["run", join(home.path, file), "hi"]);
  expect([code, raw]).toEqual([0, "\u001b[2ma\u001b[22m\u001b[2m secret\u001b[22m\r\ndone\r\n"]);
});

it("11: judges stderr by itself where stdout goes elsewhere", async () => {
  const command = `"${process.execPath}" "${BIN}" run ${file} hi > out.txt`;
  const child = spawn("bash", ["-c", command], { cwd: home.path, env: { ...home.env, TERM: "xterm" } });
  let raw = "";
  child.onData((data) => {
    raw += data;
  });
  await new Promise<void>((resolve) => child.onExit(() => resolve()));
  expect(raw).toMatch(STYLE);
  expect(readFileSync(join(home.path, "out.txt"), "utf8")).toBe(`${SAID}\n`);
});

it("13: writes no style where none is wanted, and does where it is", async () => {
  const raw = async (env: Readonly<Record<string, string>>, ...args: string[]) =>
    (await inTerminal(home, ["run", join(home.path, file), "hi", ...args], [], { env })).raw;
  expect(await raw({ NO_COLOR: "1" })).not.toMatch(STYLE);
  expect(await raw({ TERM: "dumb" })).not.toMatch(STYLE);
  expect(await raw({}, "--no-color")).not.toMatch(STYLE);
  expect(await raw({ NO_COLOR: "" })).toMatch(STYLE);
  const forced = await home.run(["run", file, "hi"], { cwd: home.path, env: { FORCE_COLOR: "1" } });
  expect([forced.stderr, forced.stdout]).toEqual([expect.stringMatching(STYLE), `${SAID}\n`]);
});

it("14: gives a result of more than 64 KiB whole", async () => {
  const { stdout } = await run("--json", "--n-probs", "300");
  expect(stdout.length).toBeGreaterThan(2 * 65_536);
  expect((JSON.parse(stdout) as { tokens: unknown[] }).tokens.length).toBe(8);
});

it("18, 19, 21: --json has the documented fields, or those that are asked for, and tells unknown ones before it begins", async () => {
  const document = JSON.parse((await run("--json", "-n", "6")).stdout) as Record<string, unknown>;
  expect(Object.keys(document)).toEqual([
    "model",
    "text",
    "thinking",
    "finishReason",
    "cutBy",
    "usage",
    "timings",
    "receipt",
  ]);
  expect(Object.keys(document.receipt as object)).toEqual(
    [
      "version oslm modelSha256 engine sampling stop maxTokens thinking ctx threads gpuLayers batch mapped kvType",
      "templateSha256 at promptSha256 grammarSha256 outputSha256",
    ].flatMap((names) => names.split(" ")),
  );
  expect(Object.keys(JSON.parse((await run("--json=text,usage")).stdout) as object)).toEqual(["text", "usage"]);
  const unknown = await home.run(["run", "./no-such-model.gguf", "hi", "--json=texts"]);
  expect([unknown.code, unknown.stdout]).toEqual([2, ""]);
  expect(unknown.stderr).toMatch(/unknown JSON field .*texts[\s\S]*--json=model,text,json/);
  expect(await run("--json", "--quiet")).toMatchObject({ code: 2, stdout: "" });
});

it("takes what only an answer can have for no chat", async () => {
  const { code, text } = await inTerminal(home, ["run", "demo", "--format", "json"]);
  expect([code, text]).toEqual([2, expect.stringContaining("--format needs a prompt")]);
});

it("53: never repeats thinking to the model", async () => {
  const { code, stdout, stderr } = await home.run(["chat", file], { cwd: home.path, stdin: "one\ntwo\n" });
  expect([code, stdout]).toEqual([0, `${SAID}\n`.repeat(2)]);
  expect(stderr).not.toContain("leaked");
});

it("keeps stdout empty where it fails, errors in three lines or as JSON", async () => {
  const text = await home.run(["run", "./no-such-model.gguf", "hi"]);
  expect([text.code, text.stdout, text.stderr]).toEqual([
    3,
    "",
    expect.stringMatching(/^oslm: .*\n {2}.*\nTry: .*\n$/),
  ]);
  const json = await home.run(["run", "./no-such-model.gguf", "hi", "--json"]);
  expect([json.code, json.stdout, JSON.parse(json.stderr)]).toMatchObject([3, "", { error: { exitCode: 3 } }]);
});
