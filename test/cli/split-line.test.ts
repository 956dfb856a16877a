// A line that is being typed, as bash reads it.
import { expect, it } from "vitest";
import { splitLine } from "../../src/cli/completion/split-line.js";

const BREAKS = " \t\n\"'@><=;|&(:";

it.each([
  ["oslm ", ["oslm", ""], 0],
  ["oslm  run\tx", ["oslm", "run", "x"], 0],
  ["run qwen2:0", ["run", "qwen2:0"], 6],
  ["run --quant=q5", ["run", "--quant=q5"], 8],
  ['run "my model" x', ["run", "my model", "x"], 0],
  ["run my\\ model x", ["run", "my model", "x"], 0],
  ['run "" x', ["run", "", "x"], 0],
  // In a quotation mark that is open, readline knows no breaks.
  ['run "a b:c', ["run", "a b:c"], 0],
  ["run a:'b:c", ["run", "a:b:c"], 2],
  ["run 'it\\", ["run", "it\\"], 0],
  [String.raw`run "a\"b\c" $(x)`, ["run", String.raw`a"b\c`, "$(x)"], 2],
])("%j", (line, words, kept) => {
  expect(splitLine(line, BREAKS)).toEqual({ words, kept });
});

it("takes names whole where the shell was told that a colon breaks nothing", () => {
  expect(splitLine("run qwen2:0", " =").kept).toBe(0);
});
