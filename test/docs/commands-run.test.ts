// The examples of docs/commands, which `oslm COMMAND --help` has too, work: each is run, or stands below with the reason why not.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DocsRoom, openDocsRoom } from "../support/docs-room.js";
import { DOCUMENTS, isCommandPage, linesOf } from "../support/documents.js";

const NOT_RUN: Readonly<Record<string, string>> = {
  "oslm auth login": "asks a person: test/pty/auth.test.ts",
  'oslm complete starcoder2:3b "def add(a, b):" --suffix "print(add(1, 2))"':
    "wants a model with marks for the middle: test/bin/complete.test.ts",
  "oslm chat llava --image cat.png": "wants the library for images: test/bin/chat-images.test.ts",
};

const BEFORE = ["oslm pull qwen2:0.5b", "oslm pull org/model-GGUF:Q4_K_M", "oslm chat demo < questions.txt"];

let room: DocsRoom;
beforeAll(async () => {
  room = await openDocsRoom();
  for (const line of BEFORE) await works(line);
});
afterAll(() => room.close());

async function works(line: string): Promise<void> {
  const { code, stderr } = await room.sh(line, "commands");
  expect([code, line], stderr).toEqual([0, line]);
}

const shown = DOCUMENTS.filter(isCommandPage).flatMap((path) => linesOf(path).map(({ line }) => line));
// What others need goes last.
const lines = [
  ...shown.filter((line) => !line.startsWith("oslm rm")),
  ...shown.filter((line) => line.startsWith("oslm rm")),
];
const runs = lines.filter((line) => !(line in NOT_RUN));

it.each(runs)("%s", (line) => works(line));

it("leaves no line out without a reason", () => {
  for (const line of Object.keys(NOT_RUN)) expect(shown).toContain(line);
  expect(shown.length - runs.length).toBe(Object.keys(NOT_RUN).length);
  expect(runs.length).toBeGreaterThanOrEqual(50);
});
