// The lines of a batch and of texts to embed.
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { readTasks } from "../../src/cli/read-tasks.js";
import { readTexts } from "../../src/cli/read-texts.js";
import { failureOf } from "../support/failure-of.js";

/** A line that is Latin-1. */
const bytes = (text: string): Readable => Readable.from([Buffer.from(text, "latin1")]);
const texts = (text: string) => readTexts(undefined, { stdin: bytes(text), stdinTty: false }, "demo", () => {});

it("takes no line of a batch for what it is not: bytes that are no UTF-8 are that line's error", async () => {
  const tasks = await readTasks(bytes('{"prompt":"caf\xe9"}\n{"prompt":"caf\xc3\xa9"}\n'), "b.jsonl", undefined);
  expect(tasks).toMatchObject([
    { id: null, line: 1, error: expect.objectContaining({ facts: { line: 1, reason: "it is not UTF-8 text" } }) },
    { id: 2, line: 2, messages: [{ role: "user", content: "café" }], options: { sampling: {} } },
  ]);
});

it.each([
  ["a\n\xff\xfe\n", "line 2 of standard input is not UTF-8 text"],
  ["a\0b\n", "line 1 of standard input is not text"],
])("makes no vector of what is no text: %j", async (text, problem) => {
  expect(await failureOf(texts(text))).toMatchObject({ code: "usage", facts: { problem } });
});
