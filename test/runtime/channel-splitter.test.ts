import { expect, it } from "vitest";
import { ChannelSplitter } from "../../src/runtime/channel-splitter.js";

/** Fed letter by letter, which is the hardest way, and joined again. */
function split(text: string, pieces: readonly string[] = [...text]) {
  const splitter = new ChannelSplitter();
  const parts = [...pieces.flatMap((piece) => splitter.add(piece)), ...splitter.end()];
  const joined = (type: string) =>
    parts
      .filter((part) => part.type === type)
      .map((part) => part.text)
      .join("");
  return [joined("thinking"), joined("text")];
}

const WHY = "<|channel|>analysis<|message|>why<|end|>";
const BECAUSE = "<|start|>assistant<|channel|>final<|message|>because";

it.each([
  ["an answer after thinking", WHY + BECAUSE, "why", "because"],
  ["an answer alone", BECAUSE.slice("<|start|>assistant".length), "", "because"],
  ["no channels at all", "because <|message|>", "", "because <|message|>"],
  ["what a person is told between", `${WHY}<|channel|>commentary<|message|>so<|end|>${BECAUSE}`, "why", "sobecause"],
  ["thinking that never ends", WHY.slice(0, -3), "why<|en", ""],
  ["a channel without a message", "<|channel|>anal", "", ""],
  ["something like a mark", "<|chan", "", "<|chan"],
])("splits %s", (_, text, thinking, answer) => {
  expect(split(text)).toEqual([thinking, answer]);
  expect(split(text, [text])).toEqual([thinking, answer]);
});
