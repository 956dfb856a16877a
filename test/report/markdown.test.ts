// The report for people: what it says, and that nothing from a card says it.
import { expect, it } from "vitest";
import { renderMarkdown } from "../../src/report/markdown.js";
import { FRAME, HOSTILE, hostile, relabelled, silentFile } from "./models.js";

it("says of each model what was decided, what it rests on, and what has to be done", () => {
  const text = renderMarkdown([relabelled(), silentFile()], FRAME);
  expect(text).toContain("Made by oslm 1.2.3. ");
  expect(text).toContain("Models: 2. Pass: 0. Have to be accepted: 2. Denied: 0.");
  expect(text).toContain(
    "| `org/tuned-GGUF:Q4_K_M` | `llama3.1` | community | unknown | has to be accepted first | 1 |",
  );
  expect(text).toContain("## org/tuned-GGUF:Q4\\_K\\_M\n");
  expect(text).toContain("| declared | `mit` |\n");
  expect(text).toContain(`| \`LICENSE\` | \`mit\` | **differs** | \`${"a".repeat(64)}\` |`);
  expect(text).toContain(`| \`meta/Llama: LICENSE\` | \`llama3.1\` | agrees | \`${"d".repeat(64)}\` |`);
  expect(text).toContain("### Conflicts\n\n- **looser-than-base**: ");
  expect(text).toMatch(/### Obligations\n\n(- \[ \] when [^\n]+\n)+/);
  expect(text).toContain(`| \`q4/m-00002-of-00002.gguf\` | \`${"2".repeat(64)}\` |`);
  expect(text).toContain("| declared | nothing |");
  expect(text).not.toContain("/home/ann");
});

it("bears a date only if it is told to, and is complete without models", () => {
  expect(renderMarkdown([], { ...FRAME, at: new Date(0) })).toContain("Made by oslm 1.2.3 on 1970-01-01.");
  expect(renderMarkdown([], FRAME)).toContain("Models: 0.");
});

it("lets no text of a card be Markdown, HTML or a link", () => {
  const text = renderMarkdown([hostile()], FRAME);
  expect(text.split(HOSTILE.slice(-4)).length).toBeGreaterThan(15);
  expect(text).not.toMatch(/\p{Cc}(?<!\n)|\u202e/u);
  // Nothing that means something stands without a backslash before it, but for what the report itself writes.
  expect(text).not.toMatch(/(?<!\\)<|(?<!\\)!\[|(?<!\\)\]\(|(?<!\\)\$|(?<!\\)@/);
  expect(text).not.toMatch(/https?:\/\/evil|www\.evil/);
  expect(text.match(/^#+ .*$/gm)).toHaveLength(8);
  expect(text).not.toMatch(/^- (?:[-+=]|\d+[.)])/m);
  for (const line of text.split("\n").filter((line) => line.startsWith("|"))) {
    const cells = line.replace(/\\./g, "").split("|").length - 2;
    expect([2, 4, 6], line).toContain(cells);
  }
});
