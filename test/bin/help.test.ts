// Discovery and start-up of the built program.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { EXIT_CODES } from "../../src/cli/exit-codes.js";
import { LICENSE_CLASSES } from "../../src/model/types.js";
import { Home } from "../support/oslm.js";

const home = new Home();
afterAll(() => home.remove());

it.each([[["--help"]], [["-h"]], [["help"]]])("explains itself: oslm %j", async (args) => {
  const { code, stdout, stderr } = await home.run(args);
  expect([code, stderr]).toEqual([0, ""]);
  for (const word of ["pull", "run", "fit", "list", "Examples:", "exit-codes"]) expect(stdout).toContain(word);
});

it("says on a small screen where to begin, with commands that there are", async () => {
  const [{ code, stdout, stderr }, help] = await Promise.all([home.run([]), home.run(["--help"])]);
  expect([code, stderr]).toEqual([0, ""]);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.length).toBeLessThan(23);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  const verbs = [...stdout.matchAll(/\boslm ([a-z]+)/g)].map((match) => match[1] ?? "");
  expect(verbs.length).toBeGreaterThan(7);
  for (const verb of verbs) expect(help.stdout).toMatch(new RegExp(`^ {2}${verb} `, "m"));
});

it("names the commands without their arguments, and goes beyond no edge", async () => {
  const { stdout } = await home.run(["--help"]);
  expect(stdout).toMatch(/^ {2}pull +check the license, pick what fits, download and verify$/m);
  expect(stdout).toMatch(/^ {2}list\|ls +list the models/m);
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
});

it("prints its version on one line", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(await home.run(["--version"])).toEqual({ code: 0, stdout: `oslm ${version}\n`, stderr: "" });
});

it.each(["pull", "run", "chat", "fit", "list", "show", "rm"])("explains %s", async (verb) => {
  const direct = await home.run([verb, "--help"]);
  expect([direct.code, direct.stderr]).toEqual([0, ""]);
  expect(direct.stdout).toContain(`oslm ${verb}`);
  expect((await home.run(["help", verb])).stdout).toBe(direct.stdout);
});

it("explains a part of a command, and says which there are", async () => {
  const direct = await home.run(["license", "report", "--help"]);
  expect([direct.code, direct.stdout]).toEqual([0, expect.stringMatching(/^Usage: oslm license report /)]);
  expect(await home.run(["help", "license", "report"])).toEqual(direct);
  expect(await home.run(["help", "license", "reprot"])).toEqual({
    ...{ code: 2, stdout: "" },
    stderr: `oslm: there is no help on "reprot" of license\n  Did you mean report?\nTry: oslm help license report\n`,
  });
  expect((await home.run(["help", "pull", "x"])).stderr).toMatch(/pull has no parts\.\nTry: oslm help pull\n$/);
  expect((await home.run(["help", "nonsense", "x"])).stderr).toContain('there is no help on "nonsense"');
  expect((await home.run(["help", "licenses", "x"])).code).toBe(2);
});

it("lists its topics, and each says something", async () => {
  const { stdout } = await home.run(["help"]);
  const listed = [...stdout.matchAll(/^ {2}oslm help ([a-z-]+) {2,}\S/gm)].map(([, name = ""]) => name);
  expect(listed).toEqual(["exit-codes", "environment", "references", "licenses"]);
  for (const name of listed) {
    const topic = await home.run(["help", name]);
    expect([topic.code, topic.stderr]).toEqual([0, ""]);
    expect(topic.stdout.split("\n").length).toBeGreaterThan(8);
    for (const line of topic.stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(125);
  }
});

it.each([
  ["lisenses", "licenses"],
  ["exit-code", "exit-codes"],
  ["pul", "pull"],
])("suggests the nearest topic or command: %s", async (typed, meant) => {
  const { code, stdout, stderr } = await home.run(["help", typed]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toBe(
    `oslm: there is no help on ${JSON.stringify(typed)}\n  Did you mean ${meant}?\nTry: oslm help ${meant}\n`,
  );
});

it("names the topics where nothing is near, and looks at no prototype", async () => {
  for (const typed of ["zzzzzzzz", "constructor"]) {
    const { code, stderr } = await home.run(["help", typed]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/The topics are exit-codes, .*\nTry: oslm help\n$/)]);
  }
});

it("explains every license class, the gate and what to type", async () => {
  const { stdout } = await home.run(["help", "licenses"]);
  for (const name of LICENSE_CLASSES) expect(stdout).toMatch(new RegExp(`^  ${name} +(passes|asks) `, "m"));
  for (const word of ["--accept-license", "license revoke", "oslm.yaml", "OSLM_POLICY", "exit code 5", "deny:"]) {
    expect(stdout).toContain(word);
  }
});

it("lists every exit code, as the README does", async () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8")
    .replaceAll("`", "")
    .replace(/ +/g, " ");
  const { stdout } = await home.run(["help", "exit-codes"]);
  for (const [code, meaning] of Object.entries(EXIT_CODES)) {
    expect(stdout).toContain(`${code}  ${meaning}`);
    if (Number(code) < 100) expect(readme).toContain(`| ${code} | ${meaning} |`);
  }
});

it.each([
  [["--version"], 0],
  [["--help"], 0],
  [["list"], 0],
  [["pull", "no-such-model"], 3],
])("loads no engine, no terminal library and no Hub client for %j", async (args, code) => {
  const folder = mkdtempSync(join(tmpdir(), "oslm-hook-"));
  // Records every module that is resolved, in this process, before anything else runs.
  writeFileSync(
    join(folder, "hook.mjs"),
    `import { register } from "node:module";
     import { appendFileSync } from "node:fs";
     const source = "import { appendFileSync } from 'node:fs'; export async function resolve(s, c, n) { const r = await n(s, c); appendFileSync(" +
       JSON.stringify(${JSON.stringify(join(folder, "log"))}) + ", r.url + '\\\\n'); return r; }";
     register("data:text/javascript," + encodeURIComponent(source));
     appendFileSync(${JSON.stringify(join(folder, "log"))}, "hooked\\n");`,
  );
  const result = await home.run(args, { env: { NODE_OPTIONS: `--import=file://${join(folder, "hook.mjs")}` } });
  expect(result.code).toBe(code);
  const loaded = readFileSync(join(folder, "log"), "utf8");
  expect(loaded).toContain("hooked");
  expect(loaded).not.toMatch(/node_modules\/(node-llama-cpp|ink|@huggingface)|screen\.mjs/);
});
