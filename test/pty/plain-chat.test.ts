// The chat by plain lines, in a pseudo terminal.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Home } from "../support/oslm.js";
import { inTerminal, type Step } from "../support/pty.js";

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

const PROMPT = /\n?> $/;

function plain(steps: readonly Step[], args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  return inTerminal(home, ["chat", "demo", "--plain", ...args], steps, { env });
}

it("chats, remembers, takes a message of several lines, and leaves with Ctrl-D", async () => {
  const { code, text } = await plain([
    [PROMPT, "How do I pull a model?\r"],
    [/oslm pull[\s\S]*> $/, "And how do I remove it?\r"],
    [/oslm rm[\s\S]*> $/, '"""How do I\r'],
    [/\.\.\. $/, 'pull a model?"""\r'],
    [/oslm pull[\s\S]*> $/, "\u0004"],
  ]);
  expect([code, text]).toEqual([0, expect.stringContaining("/? for help, Ctrl-D to leave")]);
});

it.each([
  ["--plain", [] as string[], { NO_COLOR: "1" }],
  ["OSLM_SCREEN_READER", [], { OSLM_SCREEN_READER: "1", NO_COLOR: "1" }],
  ["TERM=dumb", [], { TERM: "dumb" }],
])("57: writes no cursor codes: %s", async (name, args, env) => {
  const { code, raw } = await inTerminal(
    home,
    ["run", "demo", ...args, ...(name === "--plain" ? ["--plain"] : [])],
    [
      [PROMPT, "How do I pull a model?\r"],
      [/oslm pull[\s\S]*> $/, "/bye\r"],
    ],
    { env },
  );
  expect(code).toBe(0);
  expect(raw).not.toContain("\u001b");
});

it("stops an answer at Ctrl-C and keeps it; at an empty prompt it says how to leave, then leaves", async () => {
  const { code, text } = await plain(
    [
      [PROMPT, "Tell me a story\r"],
      [/story\n[\s\S]{20}/, "\u0003"],
      [/Stopped\.\n> $/, "/show messages\r"],
      [/> Tell me a story[\s\S]{20}[\s\S]*> $/, "\u0003"],
      ["Ctrl-C again, Ctrl-D or /bye leaves.", "\u0003"],
    ],
    ["--temp", "4", "--top-k", "0", "--min-p", "0"],
  );
  expect([code, text]).toEqual([0, expect.stringMatching(/\nSaved; --continue goes on with it\.\n$/)]);
  expect(text).not.toMatch(/\n\s+at /);
});

it("leaves the shell a line of its own when nothing was said", async () => {
  const { code, text } = await plain([
    [PROMPT, "\u0003"],
    ["leaves.", "\u0003"],
  ]);
  expect([code, text]).toEqual([0, expect.stringMatching(/> (\^C)?\n$/)]);
});

it("opens the editor for /edit, helps, forgets, and suggests the nearest command", async () => {
  const editor = join(home.path, "editor.mjs");
  writeFileSync(
    editor,
    'import { readFileSync, writeFileSync } from "node:fs"; const path = process.argv[2];' +
      'writeFileSync(path, readFileSync(path, "utf8").replace("remove", "pull"));',
  );
  const { code, text } = await plain(
    [
      [PROMPT, "How do I remove a model?\r"],
      [/oslm rm[\s\S]*> $/, "/edit\r"],
      [/oslm pull[\s\S]*> $/, "/?\r"],
      [/begins and ends a message[\s\S]*> $/, "/clear\r"],
      [/is forgotten[\s\S]*> $/, "/claer\r"],
      [/Did you mean \/clear\?[\s\S]*> $/, "/bye\r"],
    ],
    [],
    { EDITOR: `${process.execPath} ${editor}` },
  );
  expect([code, text]).toEqual([0, expect.stringMatching(/\/regenerate +answer the last question again/)]);
});

it("says what no longer fits the context, gives numbers for a message that cannot fit, and goes on", async () => {
  const steps: Step[] = Array.from({ length: 12 }, () => [PROMPT, "How do I pull a model?\r"]);
  const { code, text } = await plain(
    [
      ...steps,
      [PROMPT, "/context\r"],
      [/of 256 tokens used[\s\S]*> $/, `${"many words ".repeat(300)}\r`],
      [/the prompt has \d+ tokens, but the context holds 256[\s\S]*Try: [\s\S]*> $/, "How do I pull a model?\r"],
      [/oslm pull[\s\S]*> $/, "/bye\r"],
    ],
    ["--ctx", "256", "-n", "40"],
  );
  expect(code).toBe(0);
  expect(text).toMatch(
    /context is full: the first (\d+ )?questions? .* no longer sent to the model \(\d+ tokens less\)/,
  );
  expect(text).toMatch(/\d+ of 256 tokens used \(\d+ %\).*of 12 in all, the others no longer fit/);
});

it("gives numbers for a message that cannot fit, gives nothing up for it, and goes on", async () => {
  const { code, text } = await plain(
    [
      [PROMPT, "Hello\r"],
      [PROMPT, `${"many words ".repeat(300)}\r`],
      [/the prompt has \d+ tokens, but the context holds 256[\s\S]*> $/, "How do I pull a model?\r"],
      [/oslm pull[\s\S]*> $/, "/context\r"],
      [/by 2 questions\.[\s\S]*> $/, "/bye\r"],
    ],
    ["--ctx", "256"],
  );
  expect([code, text]).toEqual([
    0,
    expect.stringContaining("Try: shorten the question, or leave and go on with oslm chat demo --ctx 2048 --continue"),
  ]);
});

it("chats through pipes: answers on stdout, everything else on stderr", async () => {
  const result = await home.run(["chat", "demo"], { stdin: "How do I pull a model?\n/clear\n/nope\n" });
  expect([result.code, result.stdout]).toEqual([0, expect.stringContaining("oslm pull")]);
  expect(result.stdout).not.toMatch(/forgotten|nope/);
  expect(result.stderr).toMatch(/is forgotten[\s\S]*no \/nope/);
});

it("refuses a prompt beside the flags of a chat", async () => {
  const { code, stderr } = await home.run(["run", "demo", "Hi", "--continue"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("--continue is for a chat, and there is a prompt")]);
});
