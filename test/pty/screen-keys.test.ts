// The keys of the chat on the screen, in a pseudo terminal.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ANSWERED, ChatRoom, READY } from "../support/chat-room.js";
import { emulate } from "../support/emulate.js";
import { BIN } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";

let room: ChatRoom;
beforeEach(() => {
  room = new ChatRoom();
});
afterEach(() => room.home.remove());

const EDITOR =
  'import { readFileSync, writeFileSync } from "node:fs"; const path = process.argv[2];' +
  'writeFileSync(path, readFileSync(path, "utf8").replace("remove", "pull"));';

it("54: writes several lines with quotes, Alt-Enter, Shift-Enter and Ctrl-J, edits by words and lines, opens the editor with Ctrl-G", async () => {
  const editor = join(room.home.path, "editor.mjs");
  writeFileSync(editor, EDITOR);
  const { code } = await room.run(
    [
      [READY, '"""one\r'],
      [/one\n/, 'two"""\r'],
      [ANSWERED, "a\u001b\rb\nc\u001b[13;2ud"],
      [/ {2}d/, "\u0001X\u001b[A\u0005Y\u001bbZ\u0017\r"],
      [/answering[\s\S]*\d tokens\/s/, "How do I remove a model?\u0007"],
      ["> How do I pull a model?", "\r"],
      [ANSWERED, "\u0004"],
    ],
    { env: { EDITOR: `${process.execPath} ${editor}` } },
  );
  expect([code, room.questions()]).toEqual([0, ["one\ntwo", "a\nb\ncY\nXd", "How do I pull a model?"]]);
});

it("54: says that an editor cannot be started, and keeps what was written", async () => {
  const keys = [
    [READY, "hello\u0007"],
    ["/nope cannot be started; set $VISUAL or $EDITOR.", "\r"],
    [ANSWERED, "\u0004"],
  ] as const;
  expect(await room.run(keys, { env: { EDITOR: "/nope --wait" } })).toMatchObject({ code: 0 });
  expect(room.questions()).toEqual(["hello"]);
});

it("54: takes a paste of 500 lines as one message, folded", async () => {
  const pasted = Array.from({ length: 500 }, (_, index) => `line ${index}`).join("\r");
  const { code, text } = await room.run([
    [READY, `What is this? \u001b[200~${pasted}\u001b[201~`],
    ["What is this? [500 lines]", "\r"],
    [/the prompt has \d+ tokens, but the context holds 2048/, "\u0003"],
    ["", "\u0004"],
  ]);
  expect(code).toBe(0);
  expect(text).not.toContain("line 300");
  const history = readFileSync(room.state("chat-history.jsonl"), "utf8");
  expect(history).toContain("line 499");
});

it("54: takes what is typed before the model is loaded, and walks the history with Up and Down, also of earlier chats, which nobody else may read", async () => {
  const first = await room.run([
    ["Ask something", "How do I pull a model?\r"],
    [/loading/, ""],
    [ANSWERED, "\u0004"],
  ]);
  expect([first.code, room.questions()]).toEqual([0, ["How do I pull a model?"]]);
  expect(statSync(room.state("chat-history.jsonl")).mode & 0o777).toBe(0o600);
  const { code } = await room.run([
    [READY, "new\u001b[A"],
    ["> How do I pull a model?", "\u001b[B"],
    ["> new", "\u001b[A\r"],
    [ANSWERED, "\u0004"],
  ]);
  expect([code, room.chats()]).toEqual([0, [expect.any(String), expect.any(String)]]);
});

it("54: stops an answer at Ctrl-C and keeps it; then says how to leave, and leaves at the second one", async () => {
  const { code, text } = await room.run(
    [
      [READY, "Tell me a story\r"],
      [/Ctrl-C stops[\s\S]*\w{20}|(\w+ ){6}/, "\u0003"],
      [/Stopped\.[\s\S]*tokens/, "\u0003"],
      ["Ctrl-C again, Ctrl-D or /bye leaves.", "\u0003"],
    ],
    { args: ["--temp", "4", "--top-k", "0", "--min-p", "0"] },
  );
  expect([code, room.questions()]).toEqual([0, ["Tell me a story"]]);
  expect(text).not.toMatch(/\n\s+at /);
});

it("54: redraws with Ctrl-L, completes with Tab, clears what is written at Ctrl-C, and does not leave after a pause", async () => {
  const { code, raw } = await room.run([
    [READY, "/reg\t"],
    ["> /regenerate", "\u0015/s\t"],
    ["/set  /show  /save  /system", "\u0015text\u000c"],
    [/> text/, "\u0015rubbish"],
    ["> rubbish", "\u0003"],
    [/> Ask something/, "\u0003"],
    ["Ctrl-C again", "x"],
    ["> x", "\u007f\u0003"],
    ["Ctrl-C again", "\u0004"],
  ]);
  expect(code).toBe(0);
  expect(raw).toContain("\u001b[H");
  expect(raw).not.toContain("\u001b[2J");
  expect(raw).not.toContain("\u001b[3J");
});

it("suspends with Ctrl-Z, and comes back with fg below what the shell has written", async () => {
  const command = `${process.execPath} ${BIN} chat demo`;
  const { raw } = await inTerminal(
    room.home,
    [],
    [
      ["$ ", `${command}\r`],
      [READY, "\u001a"],
      ["Stopped", "fg\r"],
      [READY, "How do I pull a model?\r"],
      [ANSWERED, "\u0004"],
      [/Saved;[\s\S]*\$ $/, "exit\r"],
    ],
    { shell: true, columns: 200, env: { PS1: "$ " } },
  );
  const lines = emulate(raw, 30);
  expect(lines.slice(lines.indexOf("$ fg"))).toEqual(expect.arrayContaining([command, "> How do I pull a model?"]));
});
