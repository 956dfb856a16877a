// Another model in the middle of a conversation, in a pseudo terminal and by lines: the demo model and one that was made for this.
import { afterEach, beforeEach, expect, it } from "vitest";
import { ANSWERED, ChatRoom, READY } from "../support/chat-room.js";
import { importListener, SAID } from "../support/listener.js";
import { inTerminal } from "../support/pty.js";

let room: ChatRoom;
beforeEach(async () => {
  room = new ChatRoom();
  await importListener(room.home, "second");
});
afterEach(() => room.home.remove());

const savedModel = (): string => JSON.parse(room.saved()).model.ref;

it("goes on with it on the screen, and saves that; Tab knows its name", async () => {
  const { code, raw } = await room.run([
    [READY, "How do I pull a model?\r"],
    [ANSWERED, "/model sec\t\r"],
    ["second · loading", ""],
    [/second goes on \(context 256 tokens\)\.[\s\S]*second · context 256/, "And?\r"],
    [SAID, ""],
    [/second · \d+ of 256 tokens/, "/license\r"],
    ["oslm license second", "\u0004"],
    [/Saved; --session \S+ goes on with it/, ""],
  ]);
  expect([code, savedModel(), room.questions()]).toEqual([0, "second", ["How do I pull a model?", "And?"]]);
  expect(raw.lastIndexOf("\u001b[?2004l")).toBeGreaterThan(raw.lastIndexOf("\u001b[?2004h"));
  const again = await room.run([[/It was with second before; demo goes on/, "\u0004"]], {
    args: ["--session", room.chats()[0]?.replace(".json", "") ?? ""],
  });
  expect(again.code).toBe(0);
});

it("gives up at Ctrl-C while it loads, and stays with the one that it has", async () => {
  // The first load of a file is tried in a process of its own: long enough.
  const { code } = await room.run([
    [READY, "/model second\r"],
    ["second · loading", "Hi\r"],
    ["It is still loading; Ctrl-C stops it.", "\u0003"],
    [/Stopped\.[\s\S]*demo goes on\.[\s\S]*demo · context 2,048/, "\u0015How do I pull a model?\r"],
    [/oslm pull[\s\S]*demo · \d+ of 2,048/, "\u0004"],
  ]);
  expect([code, savedModel()]).toEqual([0, "demo"]);
});

it("goes on with it by plain lines", async () => {
  const { code, text } = await inTerminal(
    room.home,
    ["chat", "demo", "--plain"],
    [
      [/\n> $/, "How do I pull a model?\r"],
      [/oslm pull[\s\S]*\n> $/, "/model second\r"],
      [/second goes on[\s\S]*\n> $/, "And?\r"],
      [/heard all of it\.\n> $/, "/bye\r"],
    ],
  );
  expect([code, text]).toEqual([0, expect.stringContaining(SAID)]);
});
