// The chat on the screen, in a pseudo terminal: keys, commands, and what is written to the terminal.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Home } from "../support/oslm.js";
import { inTerminal, type Step } from "../support/pty.js";

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

const state = (...names: string[]) => join(home.path, ".local/state/oslm", ...names);
const READY = /demo · context 2,048/;
/** After an answer: the status line tells its speed. */
const ANSWERED = /tokens · \d+(\.\d)? tokens\/s/;
const LEAVE: Step = ["", "\u0004"];

function chat(
  steps: readonly Step[],
  {
    args = [] as string[],
    ...options
  }: { args?: string[]; columns?: number; rows?: number; env?: Record<string, string> } = {},
) {
  return inTerminal(home, ["run", "demo", ...args], steps, options);
}

/** What the saved conversation holds. */
function questions(): string[] {
  const [file = ""] = readdirSync(state("chats"));
  const { turns } = JSON.parse(readFileSync(state("chats", file), "utf8")) as { turns: { question: string }[] };
  return turns.map(({ question }) => question);
}

it("answers in Markdown, remembers, shows the context and the speed, and leaves with Ctrl-D", async () => {
  const { code, raw, text } = await chat([
    [READY, "How do I pull a model?\r"],
    [ANSWERED, "And how do I remove it?\r"],
    [ANSWERED, "\u0004"],
  ]);
  expect([code, text]).toEqual([0, expect.stringMatching(/oslm pull[\s\S]*oslm rm[\s\S]*\d+ of 2,048 tokens/)]);
  expect(questions()).toEqual(["How do I pull a model?", "And how do I remove it?"]);
  // The terminal is left as it was found.
  expect(raw.lastIndexOf("\u001b[?2004l")).toBeGreaterThan(raw.lastIndexOf("\u001b[?2004h"));
  expect(raw.lastIndexOf("\u001b[?25h")).toBeGreaterThan(raw.lastIndexOf("\u001b[?25l"));
});

it("takes what is typed before the model is loaded", async () => {
  const { code } = await chat([
    ["Ask something", "How do I pull a model?\r"],
    [/loading/, ""],
    [ANSWERED, "\u0004"],
  ]);
  expect([code, questions()]).toEqual([0, ["How do I pull a model?"]]);
});

it("54: writes several lines with quotes, Alt-Enter, Shift-Enter and Ctrl-J, and edits by words and lines", async () => {
  const { code } = await chat([
    [READY, '"""one\r'],
    [/one\n/, 'two"""\r'],
    [ANSWERED, "a\u001b\rb\nc\u001b[13;2ud"],
    [/ {2}d/, "\u0001X\u001b[A\u0005Y\u001bbZ\u0017\r"],
    [ANSWERED, "\u0004"],
  ]);
  expect([code, questions()]).toEqual([0, ["one\ntwo", "a\nb\ncY\nXd"]]);
});

it("54: takes a paste of 500 lines as one message, folded", async () => {
  const pasted = Array.from({ length: 500 }, (_, index) => `line ${index}`).join("\r");
  const { code, text } = await chat([
    [READY, `What is this? \u001b[200~${pasted}\u001b[201~`],
    ["What is this? [500 lines]", "\r"],
    [/the prompt has \d+ tokens, but the context holds 2048/, "\u0003"],
    LEAVE,
  ]);
  expect(code).toBe(0);
  expect(text).not.toContain("line 300");
  const history = readFileSync(state("chat-history.jsonl"), "utf8");
  expect(history).toContain("line 499");
});

it("54: walks the history with Up and Down, also of earlier chats, which nobody else may read", async () => {
  await chat([
    [READY, "How do I pull a model?\r"],
    [ANSWERED, "\u0004"],
  ]);
  expect(statSync(state("chat-history.jsonl")).mode & 0o777).toBe(0o600);
  const { code } = await chat([
    [READY, "new\u001b[A"],
    ["> How do I pull a model?", "\u001b[B"],
    ["> new", "\u001b[A\r"],
    [ANSWERED, "\u0004"],
  ]);
  expect([code, readdirSync(state("chats"))]).toEqual([0, [expect.any(String), expect.any(String)]]);
});

it("54: stops an answer at Ctrl-C and keeps it; then says how to leave, and leaves at the second one", async () => {
  const { code, text } = await chat(
    [
      [READY, "Tell me a story\r"],
      [/Ctrl-C stops[\s\S]*\w{20}|(\w+ ){6}/, "\u0003"],
      [/Stopped\.[\s\S]*tokens/, "\u0003"],
      ["Ctrl-C again, Ctrl-D or /bye leaves.", "\u0003"],
    ],
    { args: ["--temp", "4", "--top-k", "0", "--min-p", "0"] },
  );
  expect([code, questions()]).toEqual([0, ["Tell me a story"]]);
  expect(text).not.toMatch(/\n\s+at /);
});

it("54: clears what is written at Ctrl-C, and does not leave after a pause", async () => {
  const { code } = await chat([
    [READY, "rubbish"],
    ["> rubbish", "\u0003"],
    [/> Ask something/, "\u0003"],
    ["Ctrl-C again", "x"],
    ["> x", "\u007f\u0003"],
    ["Ctrl-C again", "\u0004"],
  ]);
  expect(code).toBe(0);
});

it("54: opens the editor with Ctrl-G", async () => {
  const editor = join(home.path, "editor.mjs");
  writeFileSync(
    editor,
    'import { readFileSync, writeFileSync } from "node:fs"; const path = process.argv[2];' +
      'writeFileSync(path, readFileSync(path, "utf8").replace("remove", "pull"));',
  );
  const { code } = await chat(
    [
      [READY, "How do I remove a model?\u0007"],
      ["> How do I pull a model?", "\r"],
      [ANSWERED, "\u0004"],
    ],
    { env: { EDITOR: `${process.execPath} ${editor}` } },
  );
  expect([code, questions()]).toEqual([0, ["How do I pull a model?"]]);
});

it("54: redraws with Ctrl-L, and completes with Tab", async () => {
  const { code, raw } = await chat([
    [READY, "/reg\t"],
    ["> /regenerate", "\u0015/s\t"],
    ["/set  /show  /save  /system", "\u0015text\u000c"],
    [/> text/, "\u0003\u0004"],
  ]);
  expect(code).toBe(0);
  expect(raw).toContain("\u001b[H");
  expect(raw).not.toContain("\u001b[2J");
  expect(raw).not.toContain("\u001b[3J");
});

it("55: runs commands", async () => {
  const { code, text } = await chat([
    [READY, "/help\r"],
    ["redraw", "/set temp 0\r"],
    ["Set: temp 0", "/claer\r"],
    ["Did you mean /clear?", "How do I pull a model?\r"],
    [ANSWERED, "/regenerate\r"],
    [/answering[\s\S]*tokens\/s/, "/edit\r"],
    [/\/edit\n[\s\S]*\n> How do I pull a model\?\n/, "\u0015How do I remove a model?\r"],
    [/answering[\s\S]*oslm rm[\s\S]*tokens\/s/, "/context\r"],
    [/\d+ of 2048 tokens used/, "/model\r"],
    ["CPU threads", "/license\r"],
    ["oslm license demo", "/save mine\r"],
    ["Saved as mine.", "/bye\r"],
  ]);
  expect([code, questions(), readdirSync(state("chats"))]).toEqual([0, ["How do I remove a model?"], ["mine.json"]]);
  expect(text).toContain("/regenerate");
});

it("13: writes no color with NO_COLOR or --no-color", async () => {
  for (const [env, args] of [
    [{ NO_COLOR: "1" }, []],
    [{}, ["--no-color"]],
  ] as const) {
    const { code, raw } = await chat(
      [
        [READY, "How do I pull a model?\r"],
        [ANSWERED, "\u0004"],
      ],
      { env, args: [...args] },
    );
    expect(code).toBe(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for exactly that
    expect(raw).not.toMatch(/\u001b\[[\d;]*m/);
  }
});

it("goes on with --continue, and says what it was", async () => {
  await chat([
    [READY, "How do I pull a model?\r"],
    [ANSWERED, "\u0004"],
  ]);
  const { code, text } = await chat(
    [
      [/Going on with[\s\S]*context 2,048/, "And how do I remove it?\r"],
      [ANSWERED, "\u0004"],
    ],
    {
      args: ["--continue"],
    },
  );
  expect([code, questions()]).toEqual([0, ["How do I pull a model?", "And how do I remove it?"]]);
  expect(text).toMatch(/> How do I pull a model\?[\s\S]*oslm pull/);
});

it("ends with the reason when the model cannot be loaded, and leaves the terminal as it was", async () => {
  const { code, raw, text } = await inTerminal(home, ["run", "demo", "--ram", "1MB"]);
  expect([code, text]).toEqual([6, expect.stringMatching(/does not fit|needs/)]);
  expect(raw.lastIndexOf("\u001b[?2004l")).toBeGreaterThan(raw.lastIndexOf("\u001b[?2004h"));
});

it("saves what there is of an answer when the terminal is lost", async () => {
  const { code } = await chat(
    [
      [READY, "Tell me a story\r"],
      [/Ctrl-C stops\n\n(?!> )[^\n]{20}/, (child) => child.kill("SIGHUP")],
    ],
    {
      args: ["--temp", "4", "--top-k", "0", "--min-p", "0"],
    },
  );
  expect([code, questions()]).toEqual([129, ["Tell me a story"]]);
  const [file = ""] = readdirSync(state("chats"));
  expect(readFileSync(state("chats", file), "utf8")).toMatch(/"answer": "[^"]/);
});
