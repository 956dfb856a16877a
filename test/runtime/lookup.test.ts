import { expect, it } from "vitest";
import { lookUp } from "../../src/runtime/llama/lookup-guesser.js";

it.each([
  ["what followed the same two tokens", [1, 2, 3, 4, 9, 1, 2], 8, [3, 4, 9, 1, 2]],
  ["no more than asked for", [1, 2, 3, 4, 9, 1, 2], 2, [3, 4]],
  ["the longest end that was seen", [7, 1, 2, 5, 8, 1, 2, 6, 7, 1, 2], 1, [5]],
  ["of equal ones the latest", [1, 2, 5, 1, 2, 6, 1, 2], 1, [6]],
  ["nothing after one token that was seen", [2, 3, 4, 1, 2], 8, []],
  ["nothing in a text without repetition", [1, 2, 3, 4], 8, []],
  ["nothing of nothing", [], 8, []],
  ["itself, of one token all along", [1, 1, 1, 1], 8, [1]],
] as const)("guesses %s", (_, tokens, most, guess) => {
  expect(lookUp(tokens, most)).toEqual(guess);
});
