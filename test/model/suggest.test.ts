import { describe, expect, it } from "vitest";
import { editDistance, suggest } from "../../src/model/suggest.js";

const VERBS = [
  "pull",
  "run",
  "chat",
  "list",
  "show",
  "search",
  "fit",
  "license",
  "rm",
  "serve",
  "ps",
  "stop",
  "config",
];

describe("suggest", () => {
  it.each([
    ["pul", ["pull"]],
    ["plul", ["pull"]],
    ["lisence", ["license"]],
    ["licens", ["license"]],
    ["LIST", ["list"]],
    ["conf", ["config"]],
    ["install", []],
    ["x", []],
    ["", []],
  ])("%j -> %j", (word, expected) => {
    expect(suggest(word, VERBS)).toStrictEqual(expected);
  });

  it("puts a typing error before a longer beginning, and a short rest before a long one", () => {
    expect(suggest("qwen", ["qwen2.5-coder", "qwen2", "gwen"])).toStrictEqual(["qwen2", "gwen", "qwen2.5-coder"]);
  });

  it("takes a letter left out at the end for likelier than a wrong one", () => {
    expect(suggest("llama", ["llava", "llama3", "llama3.2"])).toStrictEqual(["llama3", "llava", "llama3.2"]);
  });

  it("gives at most as many as asked for", () => {
    expect(suggest("aaa", ["aab", "aac", "aad", "aae"], 2)).toStrictEqual(["aab", "aac"]);
  });

  it("does not look at absurdly long words", () => {
    expect(suggest("p".repeat(1_000_000), VERBS)).toStrictEqual([]);
  });
});

describe("editDistance", () => {
  it.each([
    ["", "", 0],
    ["abc", "", 3],
    ["abc", "abc", 0],
    ["abc", "acb", 1],
    ["abc", "abd", 1],
    ["abc", "abcd", 1],
    ["kitten", "sitting", 3],
    ["ca", "abc", 3],
  ])("%j %j %i", (left, right, distance) => {
    expect(editDistance(left, right)).toBe(distance);
    expect(editDistance(right, left)).toBe(distance);
  });
});
