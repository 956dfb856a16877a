// What a long answer does to the terminal: it scrolls, and nothing that scrolled away is lost or shown twice.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { emulate } from "../support/emulate.js";
import { Home } from "../support/oslm.js";
import { inTerminal, type Step } from "../support/pty.js";

const home = new Home();
const folder = mkdtempSync(join(tmpdir(), "oslm-answer-"));
afterAll(() => {
  home.remove();
  rmSync(folder, { recursive: true });
});

const program = fileURLToPath(new URL("../support/chat-child.mjs", import.meta.url));

function answer(text: string, steps: readonly Step[], rows = 20) {
  const path = join(folder, "answer.md");
  writeFileSync(path, text);
  return inTerminal(home, [path], steps, { program, columns: 60, rows });
}

const range = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index));
const rows = (lines: readonly string[]) => lines.flatMap((line) => /\brow \d+\b/.exec(line)?.[0] ?? []);
const CODE = `\`\`\`js\n${range(250, (index) => `row ${index}\n`).join("")}\`\`\`\n\n`;
const LIST = range(250, (index) => `- row ${index + 250}\n`).join("");
const ASK: Step = ["context 100,000", "Tell me\r"];
const DONE = /5,000 of 100,000 tokens/;

it("56: shows each of 500 lines once on 20 rows, and never clears the screen or the scroll-back", async () => {
  const { code, raw } = await answer(`Here:\n\n${CODE}${LIST}\nThe end.`, [ASK, [DONE, "\u0004"]]);
  expect(code).toBe(0);
  expect(raw).not.toContain("\u001b[2J");
  expect(raw).not.toContain("\u001b[3J");
  const lines = emulate(raw, 20);
  expect(lines[0]).toBe("shell text before");
  expect(rows(lines)).toEqual(range(500, (index) => `row ${index}`));
  expect(lines.filter((line) => line !== "").slice(-3)).toEqual([
    "The end.",
    expect.stringContaining("--continue"),
    "shell text after",
  ]);
});

it("56: neither at a resize while it answers, down to a screen that is smaller than what was drawn", async () => {
  const sizes = [
    [60, 8],
    [30, 6],
    [90, 40],
    [20, 3],
    [60, 20],
  ] as const;
  const resizes = sizes.map(
    ([columns, height], index): Step => [`row ${index * 45 + 20}`, (child) => child.resize(columns, height)],
  );
  const { code, raw, text } = await answer(CODE, [ASK, ...resizes, [DONE, "\u0004"]]);
  expect(code).toBe(0);
  expect(raw).not.toContain("\u001b[2J");
  expect(raw).not.toContain("\u001b[3J");
  expect(new Set(rows(text.split("\n"))).size).toBe(250);
});

it("15: lets the model steer nothing", async () => {
  const { code, raw } = await answer("a\u001b]0;title\u0007b\u001b[2Jc\u009b3Jd\u202ee\rf", [ASK, [DONE, "\u0004"]]);
  expect(code).toBe(0);
  expect(emulate(raw, 20)).toContain("abcdef");
});

it("colors code, and folds thinking to a line that Ctrl-T unfolds", async () => {
  const { code, raw, text } = await answer(
    `thinking: a secret thought\n${"words\n\n".repeat(200)}\`\`\`js\nconst x = 1; // y\n\`\`\`\n`,
    [ASK, [DONE, "\u0014"], [/a secret thought[\s\S]*tokens/, "\u0004"]],
  );
  expect(code).toBe(0);
  expect(text.slice(0, text.indexOf("5,000 of"))).not.toContain("a secret thought");
  expect(text).toMatch(/Thought for 1s · Ctrl-T shows it/);
  expect(raw).toContain("\u001b[35mconst\u001b[39m");
});

it("keeps what was said when Ctrl-C stops a long answer", async () => {
  const { code, raw } = await answer(CODE, [ASK, ["row 40", "\u0003"], [/Stopped\.[\s\S]*tokens/, "\u0004"]]);
  expect(code).toBe(0);
  const shown = rows(emulate(raw, 20));
  expect(shown).toEqual(range(shown.length, (index) => `row ${index}`));
  expect(shown.length).toBeGreaterThan(40);
  expect(shown.length).toBeLessThan(250);
});

it("shows thinking dim as it comes, when that is wished", async () => {
  const { code, raw } = await answer("thinking: a **secret** thought\nan answer\n", [
    ["context 100,000", "/set thinking show\r"],
    ["Set: thinking show", "Tell me\r"],
    [DONE, "\u0004"],
  ]);
  expect(code).toBe(0);
  expect(raw).toContain("\u001b[2mthinking: a secret thought\u001b[22m");
  expect(emulate(raw, 20)).toContain("an answer");
});
