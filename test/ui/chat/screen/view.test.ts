import { expect, it } from "vitest";
import { newConversation } from "../../../../src/ui/chat/conversation.js";
import { EMPTY, insert } from "../../../../src/ui/chat/screen/draft.js";
import { frameOf, type View } from "../../../../src/ui/chat/screen/view.js";

const view: View = {
  title: "demo",
  columns: 60,
  rows: 24,
  color: false,
  done: [],
  growing: [],
  draft: EMPTY,
  hint: "",
  chat: newConversation(undefined, {}),
  doing: "nothing",
  ms: 0,
  hidden: false,
};
const text = (more: Partial<View>) => frameOf({ ...view, ...more }).text.split("\n");

it("is always lower than the screen, however much there is to show", () => {
  const growing = Array.from({ length: 90 }, (_, index) => `line ${index}`);
  const draft = insert(EMPTY, "written\n".repeat(90));
  for (let rows = 6; rows < 60; rows++)
    expect(text({ rows, growing, draft }).length, `${rows} rows`).toBeLessThan(rows);
});

it("is never wider than the screen", () => {
  const hint = "a long hint that says a lot ".repeat(5);
  for (const columns of [20, 40, 79]) {
    const lines = text({ columns, hint, draft: insert(EMPTY, "word ".repeat(50)) });
    for (const line of lines) expect(line.length).toBeLessThan(columns);
  }
});

it("shows the model, the context and the speed, or what it is doing", () => {
  const chat = { ...view.chat, total: 8192 };
  expect(text({})).toEqual(["", "> Ask something, or /? for help", "demo · loading"]);
  expect(text({ chat }).at(-1)).toBe("demo · context 8,192");
  expect(text({ chat: { ...chat, used: 1234, tokensPerSecond: 4.56 } }).at(-1)).toBe(
    "demo · 1,234 of 8,192 tokens · 4.6 tokens/s",
  );
  expect(text({ columns: 40, chat: { ...chat, used: 1234, tokensPerSecond: 4.56 } }).at(-1)).toBe(
    "demo · 1,234 of 8,192 tokens",
  );
  expect(text({ chat, doing: "thinking", ms: 61_000 }).at(-1)).toBe("demo · thinking 1m 1s · Ctrl-C stops");
  expect(text({ hidden: true })).toEqual([""]);
});

it("has the cursor where the next letter goes", () => {
  const draft = insert(EMPTY, "ab\n漢");
  expect(frameOf({ ...view, draft, growing: ["x", "y"] }).cursor).toEqual({ x: 4, y: 4 });
});
