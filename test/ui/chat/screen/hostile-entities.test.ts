// Characters that Markdown writes as numbers: what is harmless as a text may steer the terminal once it is read.
import { expect, it } from "vitest";
import { cardLines } from "../../../../src/ui/chat/screen/card-lines.js";
import { blockLines, blocksOf } from "../../../../src/ui/chat/screen/markdown.js";
import { span } from "../../../../src/ui/chat/screen/spans.js";

const HOSTILE = [
  "&#27;[31m red",
  "&#x1b;[2J gone",
  "&#155;31m red",
  "&#27;]52;c;aGk=&#7; the clipboard",
  "&#x202e;backwards &#8238;again",
  "&#13;over the line",
];
const PLACES: readonly [place: string, markdown: (text: string) => string][] = [
  ["a paragraph", (text) => `a ${text}`],
  ["a heading", (text) => `# ${text}`],
  ["bold in a list", (text) => `- **${text}**`],
  ["a quote", (text) => `> ${text}`],
  ["a table", (text) => `|${text}|b|\n|-|-|\n|${text}|d|`],
  ["a link", (text) => `[${text}](https://example.org/${text})`],
  ["a picture", (text) => `![${text}](x.png)`],
  ["code", (text) => `\`${text}\``],
  ["HTML", (text) => `<p title="${text}">${text}</p>\n\n<b>${text}</b> x`],
];
const STEERS = /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/u;

it.each(PLACES)("leaves nothing that steers the terminal in %s of a card", (_, markdown) => {
  for (const text of HOSTILE) {
    const lines = cardLines(markdown(text), { width: 60, color: false, base: "https://example.org/m/" });
    expect(lines.join("\n")).not.toMatch(STEERS);
  }
});

it.each(PLACES)("leaves nothing that steers the terminal in %s of a chat", (_, markdown) => {
  const style = { width: 60, color: false, highlight: (code: string) => [span(code)] };
  for (const text of HOSTILE) {
    const lines = blocksOf(markdown(text)).flatMap((block) => blockLines(block, style));
    expect(lines.join("\n")).not.toMatch(STEERS);
  }
});

it("shows what stands around them", () => {
  const lines = cardLines("a &#27;[31mred&#27;]52;c;aGk=&#7; b", {
    width: 60,
    color: false,
    base: "https://example.org",
  });
  expect(lines).toEqual(["a red b"]);
});
