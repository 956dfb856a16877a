import { expect, it } from "vitest";
import { ThinkSplitter } from "../../src/runtime/think-splitter.js";

/** Fed letter by letter, which is the hardest way, and joined again. */
function split(text: string, prompt = "<|assistant|>", template: string | null = null) {
  const splitter = new ThinkSplitter(prompt, template);
  const parts = [...[...text].flatMap((letter) => splitter.add(letter)), ...splitter.end()];
  const joined = (type: string) =>
    parts
      .filter((part) => part.type === type)
      .map((part) => part.text)
      .join("");
  return [joined("thinking"), joined("text")];
}

it.each([
  ["no thinking", "Hello <b>", "", "Hello <b>"],
  ["a block", "<think>why</think>because", "why", "because"],
  ["a block after blanks", "\n <think>\nwhy\n</think>\n\nbecause", "\nwhy\n", "\n\nbecause"],
  ["a block that never ends", "<think>on and on", "on and on", ""],
  ["a tag later in the answer", "see <think>x</think>", "", "see <think>x</think>"],
  ["something like a tag", "<thin", "", "<thin"],
  ["something like an end", "<think>a </thin b</think>c", "a </thin b", "c"],
])("splits %s", (_, text, thinking, answer) => {
  expect(split(text)).toEqual([thinking, answer]);
});

it("knows a block that the template opened", () => {
  expect(split("why</think>because", "<|Assistant|><think>\n")).toEqual(["why", "because"]);
});

it.each([
  ["Ministral 3", "[THINK]", "[/THINK]"],
  ["Seed-OSS", "<seed:think>", "</seed:think>"],
  ["Command A", "<|START_THINKING|>", "<|END_THINKING|>"],
  ["Gemma 4", "<|channel>thought", "<channel|>"],
])("knows the marks of %s by its template", (_, open, close) => {
  const template = `{{ messages }}{{ '${open}' }}`;
  expect(split(`${open}why${close}because`, undefined, template)).toEqual(["why", "because"]);
  expect(split(`why${close}because`, `<s>${open}\n`, template)).toEqual(["why", "because"]);
  expect(split(`<think>why${close}because`, undefined, template)).toEqual(["", `<think>why${close}because`]);
});
