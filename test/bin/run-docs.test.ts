// docs/running.md: its examples work, its table of sampling is true, and events are as their schema says.

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, expect, it } from "vitest";
import { BIN, Home } from "../support/oslm.js";
import { GO, scriptedModel } from "../support/scripted-model.js";

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
const DOC = read("docs/running.md");
const home = new Home();
afterAll(() => home.remove());
const write = (name: string, content: string | Buffer): void => writeFileSync(join(home.path, name), content);

write("notes.txt", "Pull the model first.\n");
write("more.txt", "Then run it.\n");
write("long.txt", "Many words without end. ".repeat(200));
write("yes-or-no.gbnf", 'root ::= "yes" | "no"\n');
const NAME = { type: "string", maxLength: 8 };
write("person.schema.json", JSON.stringify({ type: "object", properties: { name: NAME }, required: ["name"] }));
mkdirSync(join(home.path, "bin"));
write("bin/oslm", `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
chmodSync(join(home.path, "bin/oslm"), 0o755);

const EXAMPLES = [...DOC.matchAll(/^ {4}(.*\boslm .*)$/gm)].map(([, line = ""]) => line);

it("has at most 150 lines, and examples", () => {
  expect(DOC.split("\n").length).toBeLessThanOrEqual(151);
  expect(EXAMPLES.length).toBeGreaterThan(12);
});

it.each(EXAMPLES)("8: works: %s", (line) => {
  const env = { ...home.env, PATH: `${join(home.path, "bin")}:${home.env.PATH}` };
  const { status, stdout, stderr } = spawnSync("sh", ["-c", line], {
    cwd: home.path,
    env,
    encoding: "utf8",
    input: "",
  });
  expect([status, stderr.replace(/^warning: .*\n/gm, "")]).toEqual([0, ""]);
  expect(stdout).toMatch(/\S\n$/);
});

it("tells the sampling that is used where neither file nor user says anything", async () => {
  write(
    "plain.gguf",
    scriptedModel({ script: ["done"], template: `{{ '${GO}' }}`, metadata: { "general.sampling.temp": "none" } }),
  );
  const { stdout } = await home.run(["run", "./plain.gguf", "hi", "--json"], { cwd: home.path });
  const { sampling } = (JSON.parse(stdout) as { receipt: { sampling: Record<string, number> } }).receipt;
  const rows = [...DOC.matchAll(/^\| `--([a-z-]+)` +\| ([\d.]+|random) +\|/gm)];
  const table = rows.map(([, flag = "", value = ""]) => [
    flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
    value === "random" ? sampling.seed : Number(value),
  ]);
  expect(Object.fromEntries(table)).toEqual(sampling);
  const help = (await home.run(["run", "--help"])).stdout.replace(/\s+/g, " ");
  const docs = DOC + read("docs/chat.md");
  const flags = [...help.matchAll(/(?:(-\w), )?(--[a-z][a-z-]+)(?= <| [a-z])/g)];
  expect(flags.length).toBeGreaterThan(25);
  // Behind a blank or a bracket, whole.
  const told = (flag: string): boolean => new RegExp(`[ \`/]${flag}(?![\\w-])`).test(docs);
  const untold = flags.filter(([, short, long = ""]) => !told(long) && !(short && told(short)));
  expect(untold.map(([, , long]) => long)).toEqual(["--help"]);
  for (const [, flag, value] of rows) {
    if (value !== "random") expect(help).toMatch(new RegExp(` --${flag} <\\w+> [^-]*\\b${value}\\b`));
  }
});

it("prints events as their schema says, and results too", async () => {
  const schema = JSON.parse(read("schema/run-event.schema.json")) as { $defs: object };
  const ajv = new Ajv2020({ strict: false });
  const event = ajv.compile(schema);
  const result = ajv.compile({ $ref: "#/$defs/result", $defs: schema.$defs });
  const args = ["run", "demo", "What is this?", "--n-probs", "2", "-n", "4", "--ctx", "512", "--truncate"];
  const stdin = read("docs/running.md");
  const lines = (await home.run([...args, "--stream=jsonl"], { stdin })).stdout.trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) expect([event(JSON.parse(line)), event.errors]).toEqual([true, null]);
  const whole = JSON.parse((await home.run([...args, "--json"], { stdin })).stdout) as object;
  expect([result(whole), result.errors]).toEqual([true, null]);
  const guessed = (await home.run(["complete", "demo", "a b c a b c a", "-n", "6", "--lookup", "--json"])).stdout;
  expect(JSON.parse(guessed)).toMatchObject({ timings: { speculation: {} }, receipt: { guessed: true } });
  expect([result(JSON.parse(guessed)), result.errors]).toEqual([true, null]);
  expect(event({ type: "text" })).toBe(false);
  expect(result({ ...whole, finishReason: "bored" })).toBe(false);
});
