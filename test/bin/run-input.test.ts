// Where the prompt of oslm run comes from: the built program, a shell and files. The rest is in test/cli/read-prompt.test.ts.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BIN, Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";

const home = new Home();
beforeAll(() => writeFileSync(join(home.path, "a.txt"), "Alpha.\n"));
afterAll(() => home.remove());

it("51: sends files, the pipe and the argument, <(command) of a shell among them, with - or without", async () => {
  const command = `"${process.execPath}" "${BIN}" run demo --json -n 1 -f a.txt -f <(printf Beta) - "What is it?"`;
  const child = spawn("bash", ["-c", `printf piped | ${command}`], { env: home.env, cwd: home.path });
  let stdout = "";
  for await (const chunk of child.stdout) stdout += String(chunk);
  const hash = (text: string): string =>
    (JSON.parse(text) as { receipt: { promptSha256: string } }).receipt.promptSha256;
  const whole = `=== a.txt ===\nAlpha.\n\n=== /dev/fd/63 ===\nBeta\n\npiped\n\nWhat is it?`;
  const { stdout: expected } = await home.run(["run", "demo", "--json", "-n", "1", whole]);
  expect(hash(stdout)).toBe(hash(expected));
});

it("51: reads a terminal to its end for -", async () => {
  const { code, text } = await inTerminal(home, ["run", "demo", "-"], [["", "How do I pull a model?\r\u0004"]]);
  expect([code, text]).toEqual([0, expect.stringMatching(/How do I pull a model\?\n[\s\S]*oslm pull/)]);
});

it("refuses a folder in three lines", async () => {
  const { code, stdout, stderr } = await home.run(["run", "demo", "hi", "-f", home.path]);
  expect([code, stdout]).toEqual([3, ""]);
  expect(stderr).toMatch(/^oslm: .* is a folder\n {2}.*\nTry: ls .*\n$/);
});

it("says how to give a prompt where there is none and nobody to chat with", async () => {
  const { code, stdout, stderr } = await home.run(["run", "demo"]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain('Try: oslm run MODEL "prompt"');
});
