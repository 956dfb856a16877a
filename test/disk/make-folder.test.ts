import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import type * as promises from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";

/** What another process does just before a folder is made. */
let others: (() => void) | undefined;
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof promises>();
  const mkdir = (...given: Parameters<typeof real.mkdir>) => {
    others?.();
    return real.mkdir(...given);
  };
  return { ...real, mkdir };
});
// Files of tests share a process (vitest.config.ts): another one may have loaded it as it is, and others are to.
vi.resetModules();
const { makeFolder } = await import("../../src/disk/make-folder.js");
afterAll(() => {
  vi.doUnmock("node:fs/promises");
  vi.resetModules();
});

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "oslm-folder-"));
});
afterEach(() => {
  others = undefined;
  rmSync(root, { recursive: true });
});
const refusal = (path: string) => makeFolder(path).catch(({ code, syscall, path }) => ({ code, syscall, path }));

it("makes what is missing with the given mode, and leaves what is there", async () => {
  mkdirSync(join(root, "a"), { mode: 0o755 });
  await makeFolder(join(root, "a", "b", "c"), 0o700);
  expect(["a", "a/b", "a/b/c"].map((name) => statSync(join(root, name)).mode & 0o777)).toEqual([0o755, 0o700, 0o700]);
  await makeFolder(join(root, "a", "b", "c"));
});

it("goes through links to folders", async () => {
  symlinkSync(mkdtempSync(join(root, "disk-")), join(root, "link"));
  await makeFolder(join(root, "link", "a"));
  expect(statSync(join(root, "link", "a")).isDirectory()).toBe(true);
});

it("is not stopped by others that make the same folders", async () => {
  await Promise.all(Array.from({ length: 20 }, () => makeFolder(join(root, "a", "b", "c", "d"))));
});

it("makes a folder again that others take away while it is empty, and gives up where they always do", async () => {
  let times = 2;
  others = () => {
    if (times-- > 0) rmSync(join(root, "a"), { recursive: true, force: true });
  };
  mkdirSync(join(root, "a"));
  await makeFolder(join(root, "a", "b"));
  expect(statSync(join(root, "a", "b")).isDirectory()).toBe(true);
  rmSync(join(root, "a"), { recursive: true });
  times = 1000;
  expect(await refusal(join(root, "a", "b"))).toMatchObject({ code: "ENOENT", path: join(root, "a", "b") });
});

it("names what stands in the way: a file, a link to nothing", async () => {
  writeFileSync(join(root, "file"), "");
  symlinkSync(join(root, "gone"), join(root, "link"));
  expect(await refusal(join(root, "file", "a"))).toEqual({
    code: "EEXIST",
    syscall: "mkdir",
    path: join(root, "file"),
  });
  expect(await refusal(join(root, "link", "a"))).toEqual({
    code: "EEXIST",
    syscall: "mkdir",
    path: join(root, "link"),
  });
});

it.skipIf(process.getuid?.() === 0)("names the folder that may not be written", async () => {
  chmodSync(root, 0o500);
  expect(await refusal(join(root, "a", "b"))).toEqual({ code: "EACCES", syscall: "mkdir", path: join(root, "a") });
});

it.skipIf(process.platform !== "linux")("ends below /proc", async () => {
  expect(await refusal("/proc/oslm/a/b")).toEqual({ code: "ENOENT", syscall: "mkdir", path: "/proc/oslm" });
});
