// A folder that appears whole or not at all.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkNewFolder, writeNewFolder } from "../../src/store/new-folder.js";
import { failureOf } from "../support/failure-of.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "oslm-folder-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const files = [
  { path: "a", text: "1" },
  { path: "b/c/d", text: "2" },
];

it("writes into a new place, into an empty folder, and makes those above", async () => {
  mkdirSync(join(root, "empty"));
  for (const path of [join(root, "x", "y"), join(root, "empty")]) {
    await writeNewFolder(path, files);
    expect(readdirSync(path).sort()).toEqual(["a", "b"]);
    expect(readFileSync(join(path, "b", "c", "d"), "utf8")).toBe("2");
  }
  expect(readdirSync(root).sort()).toEqual(["empty", "x"]);
});

it("leaves nothing behind when a file cannot be written", async () => {
  const clash = [...files, { path: "a/b", text: "a file is in the way" }];
  await expect(writeNewFolder(join(root, "x"), clash)).rejects.toThrow();
  expect(readdirSync(root)).toEqual([]);
});

it("gives way to who was faster, and leaves their files alone", async () => {
  const path = join(root, "x");
  const late = {
    path: "late",
    // Asked for when half of it is written.
    get text() {
      mkdirSync(path);
      writeFileSync(join(path, "theirs"), "1");
      return "x";
    },
  };
  expect(await failureOf(writeNewFolder(path, [...files, late]))).toMatchObject({ code: "folder-in-use" });
  expect(readdirSync(root)).toEqual(["x"]);
  expect(readdirSync(path)).toEqual(["theirs"]);
});

it("takes no file, no link and no full folder for a place to write", async () => {
  writeFileSync(join(root, "file"), "");
  symlinkSync(join(root, "nowhere"), join(root, "link"));
  for (const [path, reason] of [
    [join(root, "file"), "is no folder"],
    [join(root, "link"), "is a link"],
    [root, "is not empty"],
  ] as const) {
    expect(await failureOf(checkNewFolder(path))).toMatchObject({ code: "folder-in-use", facts: { path, reason } });
  }
});
