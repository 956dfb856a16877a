// The chat on the screen in a pseudo terminal: answers, commands, saved conversations.
import { afterEach, beforeEach, expect, it } from "vitest";
import { ANSWERED, ChatRoom, READY } from "../support/chat-room.js";

let room: ChatRoom;
beforeEach(() => {
  room = new ChatRoom();
});
afterEach(() => room.home.remove());

it("answers in Markdown, remembers, shows the context and the speed, and leaves with Ctrl-D; goes on with --continue, and says what it was", async () => {
  const { code, raw, text } = await room.run([
    [READY, "How do I pull a model?\r"],
    [ANSWERED, "And how do I remove it?\r"],
    [ANSWERED, "\u0004"],
  ]);
  expect([code, text]).toEqual([0, expect.stringMatching(/oslm pull[\s\S]*oslm rm[\s\S]*\d+ of 2,048 tokens/)]);
  expect(room.questions()).toEqual(["How do I pull a model?", "And how do I remove it?"]);
  // The terminal is left as it was found.
  expect(raw.lastIndexOf("\u001b[?2004l")).toBeGreaterThan(raw.lastIndexOf("\u001b[?2004h"));
  expect(raw.lastIndexOf("\u001b[?25h")).toBeGreaterThan(raw.lastIndexOf("\u001b[?25l"));
  const next = await room.run(
    [
      [/Going on with[\s\S]*context 2,048/, "And how do I run it?\r"],
      [ANSWERED, "\u0004"],
    ],
    { args: ["--continue"] },
  );
  expect([next.code, room.questions()]).toEqual([
    0,
    ["How do I pull a model?", "And how do I remove it?", "And how do I run it?"],
  ]);
  expect(next.text).toMatch(/> And how do I remove it\?[\s\S]*oslm rm[\s\S]*And how do I run it/);
});

it("55: runs commands", async () => {
  const { code, raw, text } = await room.run([
    [READY, "/help\r"],
    ["redraw", "/set temp 0\r"],
    ["Set: temp 0", "/claer\r"],
    ["Did you mean /clear?", "How do I pull a model?\r"],
    [ANSWERED, "/regenerate\r"],
    [/answering[\s\S]*tokens\/s/, "/edit\r"],
    [/\/edit\n[\s\S]*\n> How do I pull a model\?\n/, "\u0015How do I remove a model?\r"],
    [/answering[\s\S]*oslm rm[\s\S]*tokens\/s/, "/copy\r"],
    [/Copied \d+ characters/, "/context\r"],
    [/\d+ of 2048 tokens used/, "/model\r"],
    [/CPU threads?/, "/license\r"],
    ["oslm license demo", "/save mine\r"],
    ["Saved as mine.", "/bye\r"],
  ]);
  expect([code, room.questions(), room.chats()]).toEqual([0, ["How do I remove a model?"], ["mine.json"]]);
  expect(text).toContain("/regenerate");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal copies comes in one of its sequences
  const copied = /\u001b\]52;c;([\w+/=]+)\u0007/.exec(raw)?.[1] ?? "";
  expect(Buffer.from(copied, "base64").toString()).toContain("oslm rm");
});

it("13: writes no color with NO_COLOR or --no-color", async () => {
  for (const [env, args] of [
    [{ NO_COLOR: "1" }, []],
    [{}, ["--no-color"]],
  ] as const) {
    const { code, raw } = await room.run(
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

it("ends with the reason when the model cannot be loaded, and leaves the terminal as it was", async () => {
  const { code, raw, text } = await room.run([], { args: ["--ram", "1MB"] });
  expect([code, text]).toEqual([6, expect.stringMatching(/does not fit|needs/)]);
  expect(raw.lastIndexOf("\u001b[?2004l")).toBeGreaterThan(raw.lastIndexOf("\u001b[?2004h"));
});

it.each([
  ["SIGHUP", 129],
  ["SIGTERM", 143],
] as const)(
  "saves what there is of an answer at %s, which a lost terminal sends or a system that ends",
  async (signal, exit) => {
    const { code, raw } = await room.run(
      [
        [READY, "Tell me a story\r"],
        [/Ctrl-C stops\n\n(?!> )[^\n]{20}/, (child) => child.kill(signal)],
      ],
      {
        args: ["--temp", "4", "--top-k", "0", "--min-p", "0"],
      },
    );
    expect([code, room.questions()]).toEqual([exit, ["Tell me a story"]]);
    expect(room.saved()).toMatch(/"answer": "[^"]/);
    expect(raw.lastIndexOf("\u001b[?2004l")).toBeGreaterThan(raw.lastIndexOf("\u001b[?2004h"));
  },
);
