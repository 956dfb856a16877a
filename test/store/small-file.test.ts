import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SmallFile } from "../../src/store/small-file.js";

let folder: string;
let path: string;
let file: SmallFile;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oslm-small-"));
  path = join(folder, "state", "list.txt");
  file = new SmallFile(path, 20);
});
afterEach(() => rmSync(folder, { recursive: true }));

it("is empty before it is written, then holds what was, for its owner only", async () => {
  expect(await file.read()).toBe("");
  await file.append("one");
  await file.append("two");
  expect(await file.read()).toBe("one\ntwo\n");
  await file.replace("whole");
  expect([await file.read(), statSync(path).mode & 0o777]).toEqual(["whole", 0o600]);
  expect(readdirSync(join(folder, "state"))).toEqual(["list.txt"]);
});

it("is begun anew before it grows beyond its bound", async () => {
  for (const line of ["0123456789", "abcdefgh"]) await file.append(line);
  expect(await file.read()).toBe("0123456789\nabcdefgh\n");
  await file.append("new");
  expect(await file.read()).toBe("new\n");
});

it("keeps all lines of writers at the same time", async () => {
  await Promise.all(["a", "b", "c", "d", "e"].map((line) => file.append(line)));
  expect((await file.read()).split("\n").sort().join("")).toBe("abcde");
});

describe.each([
  ["a link", () => symlinkSync(join(folder, "elsewhere"), path)],
  ["a link in a circle", () => symlinkSync(path, path)],
  ["a file beyond the bound", () => writeFileSync(path, "x".repeat(21))],
  ...(process.platform === "win32" ? [] : [["a pipe", () => execFileSync("mkfifo", [path])] as const]),
] as const)("%s in its place", (_, plant) => {
  beforeEach(() => {
    mkdirSync(join(folder, "state"));
    writeFileSync(join(folder, "elsewhere"), "theirs");
    plant();
  });

  it("is not read, and replaced by an added line", async () => {
    expect(await file.read()).toBe("");
    await file.append("ours");
    expect([await file.read(), readFileSync(join(folder, "elsewhere"), "utf8")]).toEqual(["ours\n", "theirs"]);
  });

  it("is replaced as a whole", async () => {
    await file.replace("ours");
    expect([await file.read(), readFileSync(join(folder, "elsewhere"), "utf8")]).toEqual(["ours", "theirs"]);
  });
});

it("leaves a folder in its place alone", async () => {
  mkdirSync(path, { recursive: true });
  expect(await new SmallFile(path, 1_000_000).read()).toBe("");
  expect(await file.read()).toBe("");
  await expect(file.append("ours")).rejects.toMatchObject({ code: "EISDIR" });
  expect(readdirSync(join(folder, "state"))).toEqual(["list.txt"]);
});
