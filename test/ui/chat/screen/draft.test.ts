import { expect, it } from "vitest";
import {
  type Draft,
  draftOf,
  EMPTY,
  erase,
  insert,
  move,
  moveLine,
  paste,
  type Step,
  textOf,
} from "../../../../src/ui/chat/screen/draft.js";
import { draftLines } from "../../../../src/ui/chat/screen/draft-lines.js";

/** `|` is the cursor. */
const at = (text: string): Draft => move2(insert(EMPTY, text.replace("|", "")), text.indexOf("|"));
const move2 = (draft: Draft, cursor: number): Draft => ({ ...draft, cursor });
const shown = ({ cells, cursor }: Draft): string => [...cells.slice(0, cursor), "|", ...cells.slice(cursor)].join("");

it.each<[string, Step, string]>([
  ["ab|c", "left", "a|bc"],
  ["|abc", "left", "|abc"],
  ["abc|", "right", "abc|"],
  ["one two.| x", "wordLeft", "one |two. x"],
  ["|  one two", "wordRight", "  one| two"],
  ["one\ntw|o\nx", "lineStart", "one\n|two\nx"],
  ["on|e\ntwo", "lineStart", "|one\ntwo"],
  ["one\n|two", "lineStart", "one\n|two"],
  ["|\none", "lineStart", "|\none"],
  ["\n|one", "lineStart", "\n|one"],
  ["o|ne\ntwo", "lineEnd", "one|\ntwo"],
  ["one|\ntwo", "end", "one\ntwo|"],
])("moves in %j: %s", (before, step, after) => {
  expect(shown(move(at(before), step))).toBe(after);
});

it("moves by lines, and tells where there is none", () => {
  expect(shown(moveLine(at("abcd\nx\nabc|d"), "up") ?? EMPTY)).toBe("abcd\nx|\nabcd");
  expect(shown(moveLine(at("ab|cd\nx\nabcd"), "down") ?? EMPTY)).toBe("abcd\nx|\nabcd");
  expect([moveLine(at("a|b\nc"), "up"), moveLine(at("ab\n|c"), "down")]).toEqual([undefined, undefined]);
});

it("erases what a step passes over", () => {
  expect(shown(erase(at("one two| x"), "wordLeft"))).toBe("one | x");
  expect(shown(erase(at("a\nbc|d"), "lineStart"))).toBe("a\n|d");
  expect(shown(erase(at("a|bc\nd"), "lineEnd"))).toBe("a|\nd");
});

it("keeps letters whole that are made of several characters", () => {
  const family = "👨‍👩‍👧";
  expect(textOf(erase(insert(EMPTY, `a${family}e\u0301`), "left"))).toBe(`a${family}`);
  expect(draftLines(insert(EMPTY, `a${family}漢`), 20, 3)).toEqual({ lines: [`a${family}漢`], row: 0, column: 5 });
});

it("folds a long paste into one thing, sends it whole, and takes control sequences out", () => {
  const text = Array.from({ length: 500 }, (_, index) => `line ${index}`).join("\n");
  const draft = insert(paste(insert(EMPTY, "See: "), `${text}\u001b[2J`), " ok");
  expect(draftLines(draft, 60, 5).lines).toEqual(["See: [500 lines] ok"]);
  expect(draftLines(paste(EMPTY, "line\n".repeat(300)), 60, 5).lines).toEqual(["[300 lines]"]);
  expect(textOf(draft)).toBe(`See: ${text} ok`);
  expect(textOf(erase(erase(erase(erase(draft, "left"), "left"), "left"), "left"))).toBe("See: ");
  expect(draftLines(draftOf("x".repeat(2000)), 60, 5).lines).toEqual(["[2000 characters]"]);
});

it("shows the part around the cursor, wrapped, with a column to spare for it", () => {
  expect(draftLines(insert(EMPTY, "abcdefgh"), 5, 9)).toEqual({ lines: ["abcd", "efgh"], row: 1, column: 4 });
  const long = insert(EMPTY, Array.from({ length: 30 }, (_, index) => `${index}`).join("\n"));
  expect(draftLines(long, 20, 4)).toEqual({ lines: ["26", "27", "28", "29"], row: 3, column: 2 });
  expect(draftLines(move(long, "start"), 20, 4)).toMatchObject({ lines: ["0", "1", "2", "3"], row: 0 });
});
