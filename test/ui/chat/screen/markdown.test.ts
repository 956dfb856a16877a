import { expect, it } from "vitest";
import { GrowingAnswer } from "../../../../src/ui/chat/screen/growing-answer.js";
import { blockLines, blocksOf } from "../../../../src/ui/chat/screen/markdown.js";
import { span, wrapHanging } from "../../../../src/ui/chat/screen/spans.js";

const plain = (width: number) => ({ width, color: false, highlight: (code: string) => [span(code)] });
const lines = (text: string, width = 40): string[] =>
  blocksOf(text).flatMap((block) => blockLines(block, plain(width)));

it.each<[string, string, string[]]>([
  ["a heading", "## Two *words*", ["Two words"]],
  ["words that look different", "**a** _b_ ~~c~~ `d*` \\*e", ["a b c d* *e"]],
  ["links as text", "[docs](https://x.y) https://a.b <m@n.o>", ["docs (https://x.y) https://a.b m@n.o"]],
  [
    "a wrapped paragraph",
    "one two three four five six seven eight nine",
    ["one two three four five six seven eight", "nine"],
  ],
  ["a list", "- a\n- b\n  1. c\n  2. d", ["• a", "• b", "  1. c", "  2. d"]],
  ["long numbers", "9. a\n10. b", [" 9. a", "10. b"]],
  ["tasks", "- [x] a\n- [ ] b", ["[x] a", "[ ] b"]],
  ["a loose list", "- a\n\n- b", ["• a", "", "• b"]],
  ["a quote", "> a\n> b", ["│ a", "│ b"]],
  ["code", "```js\nlet  a;\n\tb\n```", ["  let  a;", "      b"]],
  ["unfinished code", "```\nx = `", ["  x = `"]],
  ["a rule", "---", ["─".repeat(40)]],
  ["HTML", "<b>x</b>", ["<b>x</b>"]],
  ["a table", "| a | bb |\n|---|---|\n| 漢字x | 1 |", ["a      bb", "─────  ────", "漢字x  1"]],
])("makes lines of %s", (_, text, expected) => {
  expect(lines(text)).toEqual(expected);
});

it("hangs wrapped lines of lists and cells under their beginning, and cuts words only where it must", () => {
  expect(lines("- one two three four", 12)).toEqual(["• one two", "  three four"]);
  expect(lines("https://example.org/abcdefghij", 10)).toEqual(["https://ex", "ample.org/", "abcdefghij"]);
  expect(lines("| a | b |\n|---|---|\n| one two | three four five |", 16)).toEqual([
    "a        b",
    "───────  ───────",
    "one two  three",
    "         four",
    "         five",
  ]);
});

it("gives an answer in finished lines and growing ones, and every line once", () => {
  const text = `# Title\n\nSome **bold** words.\n\n- a\n- b\n\n\`\`\`js\n${"line();\n".repeat(30)}\`\`\`\n\nThe end.`;
  const whole = blocksOf(text).flatMap((block) => ["", ...blockLines(block, plain(40))]);
  for (const size of [1, 7, 1000]) {
    const answer = new GrowingAnswer(() => plain(40));
    const finished: string[] = [];
    for (let at = 0; at < text.length; at += size) {
      answer.add(text.slice(at, at + size));
      const growth = answer.grow(6);
      finished.push(...growth.finished);
      expect(growth.growing.length).toBeLessThanOrEqual(6);
    }
    expect([...finished, ...answer.end()], `in pieces of ${size}`).toEqual(whole);
  }
});

it("loses nothing of an answer when the screen gets wider or narrower meanwhile", () => {
  const code = Array.from(
    { length: 40 },
    (_, row) => `function_${row}(argument); // that is longer than a narrow screen`,
  );
  const list = Array.from({ length: 40 }, (_, row) => `- item_${row} with words that are wrapped on a narrow screen`);
  for (const widths of [
    [79, 20, 99],
    [20, 99, 30],
  ]) {
    let width = 0;
    const answer = new GrowingAnswer(() => plain(width));
    const shown: string[] = [];
    for (const [row, line] of ["```", ...code, "```", "", ...list].entries()) {
      width = widths[Math.floor(row / 15) % 3] ?? 0;
      answer.add(`${line}\n`);
      shown.push(...answer.grow(6).finished);
    }
    const text = [...shown, ...answer.end()].join("\n");
    for (let row = 0; row < 40; row++) {
      expect(text).toContain(`function_${row}(`);
      expect(text).toContain(`item_${row}`);
    }
  }
});

it("cuts code at the edge, not at its blanks, whatever they look like", () => {
  const [block] = blocksOf("```js\nlet abcdefghijklmnop;\n```");
  if (block === undefined) throw new Error("no code");
  const highlight = () => [span("let", "keyword"), span(" "), span("abcdefghijklmnop;")];
  expect(blockLines(block, { ...plain(14), highlight })).toEqual(["  let abcdefgh", "  ijklmnop;"]);
});

it("keeps what is set in, and second columns, when they are wrapped", () => {
  const wrapped = (line: string) =>
    wrapHanging(line, "plain", 16).map((spans) => spans.map(({ text }) => text).join(""));
  expect(wrapped("  Try: one, or else two")).toEqual(["  Try: one, or", "  else two"]);
  expect(wrapped("/set  one, or else two")).toEqual(["/set  one, or", "      else two"]);
  expect(wrapped("/set [NAME]  one, or else two")).toEqual(["/set [NAME]", "    one, or else", "    two"]);
  expect(wrapped("/set [NAME]  one")).toEqual(["/set [NAME]  one"]);
});
