import { describe, expect, test } from "vitest";
import { refusedPaths, unsafePathReason } from "../../src/model/safe-path.js";

describe("one path", () => {
  test.each([
    ["model.gguf"],
    ["a/b/c.txt"],
    [".gitattributes"],
    ["..a"],
    ["a..b"],
    ["a...gguf"],
    ["with space.gguf"],
    ["50% #1 & more+.gguf"],
    ["日本語/モデル.gguf"],
    ["emoji 🦙.gguf"],
    ["console.txt"],
    ["com10"],
    ["null"],
    ["a".repeat(255)],
    ["é".repeat(127)],
  ])("%j is safe", (path) => expect(unsafePathReason(path)).toBeUndefined());

  test.each([
    ["", "is empty"],
    ["..", "leaves its folder"],
    [".", "leaves its folder"],
    ["../a", "leaves its folder"],
    ["a/../../b", "leaves its folder"],
    ["a/..", "leaves its folder"],
    ["./a", "leaves its folder"],
    ["/a", "is an absolute path"],
    ["//server/share", "is an absolute path"],
    ["a//b", "has an empty folder name"],
    ["a/", "has an empty folder name"],
    ["..\\a", "holds a backslash"],
    ["\\\\server\\share", "holds a backslash"],
    ["C:/a", "holds a colon"],
    ["C:a", "holds a colon"],
    ["a.gguf:stream", "holds a colon"],
    ...[...'<>"|?*'].map((sign): [string, string] => [`a${sign}b`, "holds a character that Windows forbids"]),
    ["a\0b", "holds control characters"],
    ["a\nb", "holds control characters"],
    ["a\u001b[31m", "holds control characters"],
    ["a\u007f", "holds control characters"],
    ["a\u009b31m", "holds control characters"],
    ["\u202efugg.exe", "holds characters that reverse the text"],
    ["a\u2066b", "holds characters that reverse the text"],
    ["a\ud800b", "is not valid Unicode"],
    ["a.", "ends in a dot or a space"],
    ["a ", "ends in a dot or a space"],
    ["a /b", "ends in a dot or a space"],
    ["...", "ends in a dot or a space"],
    ["CON", "is a device name on Windows"],
    ["con.txt", "is a device name on Windows"],
    ["a/Nul.tar.gz", "is a device name on Windows"],
    ["prn/a", "is a device name on Windows"],
    ["COM1", "is a device name on Windows"],
    ["lpt9.bin", "is a device name on Windows"],
    ["COM¹", "is a device name on Windows"],
    ["CONIN$", "is a device name on Windows"],
    ["a".repeat(256), "has a name of more than 255 bytes"],
    ["é".repeat(128), "has a name of more than 255 bytes"],
    [`${"a/".repeat(1024)}b`, "is too long"],
  ])("%j is not: it %s", (path, reason) => expect(unsafePathReason(path)).toBe(reason));
});

describe("paths side by side", () => {
  test.each([
    [[]],
    [["a", "b", "a.b"]],
    [["a/b", "a/c", "b/a"]],
    [["model-00001-of-00002.gguf", "model-00002-of-00002.gguf"]],
  ])("%j are safe", (paths: string[]) => expect([...refusedPaths(paths).keys()]).toEqual([]));

  test.each([
    [["ok", "../a"], ["../a"]],
    [
      ["ok", "a.gguf", "A.GGUF"],
      ["a.gguf", "A.GGUF"],
    ],
    [["ok", "a", "a"], ["a"]],
    [
      ["ok", "\u00e9", "e\u0301"],
      ["\u00e9", "e\u0301"],
    ],
    [
      ["x/a", "X/b", "y/a"],
      ["x/a", "X/b"],
    ],
    [
      ["a", "a/b", "b"],
      ["a", "a/b"],
    ],
    [
      ["a/b", "a"],
      ["a/b", "a"],
    ],
    [
      ["A", "a/b", "ab"],
      ["A", "a/b"],
    ],
    [
      ["x/y/z", "x/Y", "x/z"],
      ["x/y/z", "x/Y"],
    ],
    [
      ["CON", "con/a", "con"],
      ["CON", "con/a", "con"],
    ],
  ])("of %j are refused: %j", (paths: string[], refused) => {
    expect([...refusedPaths(paths).keys()]).toEqual(refused);
  });

  test("each has its reason", () => {
    expect(Object.fromEntries(refusedPaths(["../x", "a", "A", "b", "b/c", "d/e", "D/f"]))).toEqual({
      "../x": "leaves its folder",
      a: "differs from another name in case only",
      A: "differs from another name in case only",
      b: "is both a file and a folder",
      "b/c": "lies in a folder that is also a file",
      "d/e": "lies in a folder that differs from another in case only",
      "D/f": "lies in a folder that differs from another in case only",
    });
  });
});
