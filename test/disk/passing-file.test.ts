// Files on their way: which of them are left, and which are somebody's who is at work.
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isPassingName, passingFile } from "../../src/disk/passing-file.js";
import { place } from "../../src/disk/place.js";
import { failureOf } from "../support/failure-of.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oslm-passing-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const make = async (name = "a.gguf"): Promise<string> => {
  const { path, file } = await passingFile(join(folder, name));
  await file.close();
  return basename(path);
};
const DAY = 24 * 60 * 60;

describe("what lies in the folder of a new file", () => {
  it("stays while its writer runs, whatever file it is for", async () => {
    const mine = [await make(), await make(), await make("b.gguf")];
    expect(readdirSync(folder).sort()).toEqual([...mine].sort());
    expect(mine.every(isPassingName)).toBe(true);
  });

  it("goes when its writer is gone", async () => {
    const ended = spawnSync(process.execPath, ["-e", ""]).pid;
    const name = (await make()).replace(`-${process.pid}-`, `-${ended}-`);
    writeFileSync(join(folder, name), "half");
    const mine = await make();
    expect(readdirSync(folder)).not.toContain(name);
    expect(readdirSync(folder)).toContain(mine);
  });

  it.skipIf(process.platform !== "linux")("goes when its number is another process's now", async () => {
    const name = (await make()).replace(/-\d+-([0-9a-f]{8}\.partial)$/, "-1-$1");
    writeFileSync(join(folder, name), "half");
    await make();
    expect(readdirSync(folder)).not.toContain(name);
  });

  it("stays when it is another machine's, unless nothing was added for a day", async () => {
    const name = (await make()).replace(/oslm-[0-9a-f]{8}-\d+-/, "oslm-00000000-999999999-");
    const path = join(folder, name);
    writeFileSync(path, "half");
    await make();
    expect(readdirSync(folder)).toContain(name);
    const old = Date.now() / 1000 - 2 * DAY;
    utimesSync(path, old, old);
    await make();
    expect(readdirSync(folder)).not.toContain(name);
  });

  it("stays when it is called otherwise, or is a folder", async () => {
    const old = (await make()).replace(/oslm-[0-9a-f]{8}/, "oslm-00000000");
    mkdirSync(join(folder, old));
    for (const name of [".a.gguf.partial", "a.gguf", ".a.oslm-0-1-2-3.partial"]) writeFileSync(join(folder, name), "");
    const before = readdirSync(folder);
    const ago = Date.now() / 1000 - 2 * DAY;
    for (const name of before)
      if (!name.includes(`-${process.pid}-`) || name === old) utimesSync(join(folder, name), ago, ago);
    await make("c.gguf");
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(before));
  });

  it("is no hindrance where the new name is as long as names may be", async () => {
    expect((await make("é".repeat(127))).length).toBeLessThan(255);
  });
});

describe("placing", () => {
  const passing = async () => {
    const name = await make();
    writeFileSync(join(folder, name), "new");
    return join(folder, name);
  };

  it.each([
    ["a file", () => writeFileSync(join(folder, "a.gguf"), "mine")],
    ["a link that leads nowhere", () => symlinkSync("nowhere", join(folder, "a.gguf"))],
    ["a folder", () => mkdirSync(join(folder, "a.gguf"))],
  ])("leaves %s that came meanwhile", async (_, come) => {
    const path = await passing();
    come();
    expect(await failureOf(place(path, join(folder, "a.gguf"), { over: false }))).toMatchObject({ code: "usage" });
    expect(readFileSync(path, "utf8")).toBe("new");
  });

  it("replaces a file where it may, and nothing that is none", async () => {
    writeFileSync(join(folder, "a.gguf"), "mine");
    await place(await passing(), join(folder, "a.gguf"), { over: true });
    expect(readdirSync(folder)).toEqual(["a.gguf"]);
    expect(readFileSync(join(folder, "a.gguf"), "utf8")).toBe("new");
    symlinkSync("a.gguf", join(folder, "b.gguf"));
    expect(await failureOf(place(await passing(), join(folder, "b.gguf"), { over: true }))).toMatchObject({
      code: "usage",
    });
  });
});
