// Saved conversations and the history: private files that anybody may have damaged.
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { SavedChat } from "../../src/model/saved-chat.js";
import { ChatFolder } from "../../src/store/chat-folder.js";
import { ChatHistory } from "../../src/store/chat-history.js";
import { decodeChat, encodeChat } from "../../src/store/decode-chat.js";

let root: string;
let folder: ChatFolder;
const now = () => new Date(2026, 10, 21, 9, 5);
const anew = () => new ChatFolder(join(root, "chats"), now);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "oslm-chats-"));
  folder = anew();
});
afterEach(() => rmSync(root, { recursive: true }));

const chat: SavedChat = {
  model: { ref: "demo", commit: null },
  updatedAt: "2026-11-21T09:05:00.000Z",
  system: "Be brief.",
  settings: { temp: 0 },
  forgotten: 1,
  turns: [
    { question: "a", answer: "b", thinking: "", thoughtMs: 0, ending: "stop" },
    { question: "c", answer: "", thinking: "d", thoughtMs: 12, ending: null },
  ],
};

it("writes privately and reads the same", () => {
  folder.write("mine", chat);
  expect(anew().read("mine")).toEqual({ ...chat, updatedAt: now().toISOString() });
  expect([statSync(folder.path("mine")).mode & 0o777, statSync(join(root, "chats")).mode & 0o777]).toEqual([
    0o600, 0o700,
  ]);
  expect(readdirSync(join(root, "chats"))).toEqual(["mine.json"]);
});

/** An image in the first turn. */
const withImage = (sha256: string) => (text: string) =>
  text.replace(
    '"turns": [\n  {',
    `"turns": [\n  {"images": [{"file": "/a.png", "sha256": ${JSON.stringify(sha256)}}],`,
  );

it("reads an image by its hash", () => {
  const text = withImage("0".repeat(64))(encodeChat(chat));
  expect(decodeChat(text)).toMatchObject({ turns: [{ images: [{ file: "/a.png" }] }, {}] });
});

it.each([
  ["half of it", (text: string) => text.slice(0, text.length / 2), "it is not JSON, or cut off"],
  ["nothing", () => "", "it is not JSON, or cut off"],
  ["a later form", (text: string) => text.replace('"oslmChat": 1', '"oslmChat": 2'), "it is not of the form"],
  ["no model", (text: string) => text.replace('"demo"', "7"), "it names no model"],
  ["a wrong time", (text: string) => text.replace(/2026-11-21T[^"]*/, "soon"), "it has no time"],
  ["a wrong ending", (text: string) => text.replace('"stop"', '"x"'), "its questions and answers make no sense"],
  ["a wrong turn", (text: string) => text.replace('"question": "c"', '"question": ["c"]'), "its questions and answers"],
  ["an image without its hash", withImage("not a hash"), "its questions and answers"],
  [
    "more forgotten than said",
    (text: string) => text.replace('"forgotten": 1', '"forgotten": 3'),
    "what it has forgotten",
  ],
])("says what is wrong with %s", (_, damage, reason) => {
  const damaged = damage(encodeChat(chat));
  expect(decodeChat(damaged)).toContain(reason);
  mkdirSync(join(root, "chats"));
  writeFileSync(folder.path("mine"), damaged);
  expect(() => folder.read("mine")).toThrow(/bad-chat/);
});

it("follows no link, and reads nothing that is not a file or far too large", () => {
  mkdirSync(join(root, "chats", "dir.json"), { recursive: true });
  writeFileSync(join(root, "elsewhere"), encodeChat(chat));
  symlinkSync(join(root, "elsewhere"), folder.path("link"));
  writeFileSync(folder.path("huge"), "");
  const handle = folder.path("huge");
  appendFileSync(handle, Buffer.alloc(33 * 1024 * 1024));
  for (const name of ["dir", "link"]) expect(() => folder.read(name), name).toThrow(/bad-chat/);
  expect(() => folder.read("huge")).toThrow(/bad-chat .*the limit is/);
});

it("knows no names that lead elsewhere, and suggests those that there are", () => {
  folder.write("recipes", chat);
  for (const name of ["../x", "a/b", "", ".hidden", "x".repeat(65), "a."])
    expect(folder.isName(name), name).toBe(false);
  expect(() => folder.read("../x")).toThrow(/no-chat/);
  expect(() => folder.read("recipe")).toThrow(/no-chat .*"recipes"/);
});

it("lists the latest first", () => {
  for (const [index, name] of ["one", "two", "three"].entries()) {
    folder.write(name, chat);
    utimesSync(folder.path(name), index, index);
  }
  expect(folder.names()).toEqual(["three", "two", "one"]);
});

it("does not write over what another process has written since", () => {
  folder.write("mine", chat);
  const other = anew();
  expect(() => other.write("mine", chat)).toThrow(/another oslm writes to mine/);
  for (const name of other.names()) other.read(name);
  expect(() => other.write("mine", chat), "looking at it is not enough").toThrow(/another oslm/);
  other.open("mine");
  other.write("mine", { ...chat, system: "theirs" });
  utimesSync(folder.path("mine"), 9, 9);
  expect(() => folder.write("mine", chat)).toThrow(/another oslm/);
  expect(folder.read("mine").system).toBe("theirs");
});

it("keeps the latest hundred of those without a name, and all that have one", () => {
  folder.write("named", chat);
  for (let index = 0; index < 103; index++)
    folder.write(`2026-11-21-0905-${index.toString(16).padStart(4, "0")}`, chat);
  expect(folder.names()).toHaveLength(101);
  expect(folder.names()).toContain("named");
  expect(folder.newName()).toMatch(/^2026-11-21-0905-[0-9a-f]{4}$/);
});

it("removes what /save has given a name, and nothing that had one", () => {
  for (const name of ["mine", "2026-11-21-0905-0000"]) {
    folder.write(name, chat);
    folder.replaced(name);
  }
  expect(folder.names()).toEqual(["mine"]);
});

it("leaves the old file when it cannot write the new one", () => {
  folder.write("mine", chat);
  rmSync(join(root, "chats"), { recursive: true });
  writeFileSync(join(root, "chats"), "a file");
  expect(() => folder.write("mine", chat)).toThrow();
});

it("keeps a history that nobody else may read, passes over what makes no sense, and stays small", () => {
  const path = join(root, "state", "history.jsonl");
  const history = new ChatHistory(path);
  expect(history.read()).toEqual([]);
  history.add("one\ntwo");
  history.add("x".repeat(30_000));
  appendFileSync(path, 'nonsense\n{"typed":7}\n{"typed":"th');
  expect([history.read(), statSync(path).mode & 0o777]).toEqual([["one\ntwo"], 0o600]);
  writeFileSync(path, Array.from({ length: 1200 }, (_, index) => `{"typed":"${index}"}\n`).join(""));
  expect(history.read()).toHaveLength(500);
  expect(readFileSync(path, "utf8").split("\n")).toHaveLength(501);
});

it("does without a history that cannot be read or written", () => {
  const history = new ChatHistory(root);
  history.add("x");
  expect(history.read()).toEqual([]);
});
