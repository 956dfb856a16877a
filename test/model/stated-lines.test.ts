// What a card says of the model's training, quoted with its place.
import { expect, it } from "vitest";
import { statedLines } from "../../src/model/stated-lines.js";

const CARD = `---
license: mit
note: the knowledge cutoff is 2001
---
# Model
It was **trained on** 15 trillion tokens of public text.
\`\`\`
trained on data: knowledge cutoff 2002
\`\`\`
| Knowledge cutoff | <b>December 2023</b> |
The knowledge cutoff is a mystery.
**Data Freshness** The pretraining data has a cutoff of March 2023 for the 8B.
The data has another cutoff of 2024, a third.
`;

it("quotes sentences with their lines, and nothing of front matter and code", () => {
  expect(statedLines(CARD)).toEqual([
    { about: "training-data", line: 6, text: "It was trained on 15 trillion tokens of public text." },
    { about: "knowledge-cutoff", line: 10, text: "Knowledge cutoff December 2023" },
    {
      ...{ about: "knowledge-cutoff", line: 12 },
      text: "Data Freshness The pretraining data has a cutoff of March 2023 for the 8B.",
    },
  ]);
  expect(statedLines("It is a fine model.\nIt was trained with love.")).toEqual([]);
});

it("passes over a line that is longer than any sentence", () => {
  const line = "It was trained on data ".padEnd(5000, "x");
  expect(statedLines(line)).toHaveLength(1);
  expect(statedLines(`${line}x`)).toEqual([]);
});

it("gives nothing that steers a terminal, nothing endless, and takes no time for nonsense", () => {
  const [hostile] = statedLines(`trained on data \u001b[2J\u202e ${"x".repeat(1000)}`);
  expect(hostile?.text).toMatch(/^trained on data [^\p{Cc}\u202e]{200,290}…$/u);
  const start = performance.now();
  for (const piece of ["<", "trained ", "knowledge ", "cutoff 2024 data ", "**<|", "```\n"]) {
    statedLines(`${piece.repeat(1_000_000 / piece.length)}\n${`${piece.repeat(400)}\n`.repeat(300)}`);
  }
  expect(performance.now() - start).toBeLessThan(5_000);
});
