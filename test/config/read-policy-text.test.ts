// Files that cannot be a policy: none of them may count as "no policy".
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readPolicyText } from "../../src/config/read-policy-text.js";
import { failureOf } from "../support/failure-of.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-policy-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

it.each<[string, (path: string) => void, RegExp]>([
  ["a missing file", () => {}, /no such file/],
  ["a link to nothing", (path) => symlinkSync(at("nowhere"), path), /no such file/],
  ["a link to itself", (path) => symlinkSync(path, path), /cannot be read \(ELOOP\)/],
  ["a folder", (path) => mkdirSync(path), /not a file/],
  ["a pipe that nobody writes to", (path) => execFileSync("mkfifo", [path]), /not a file/],
  ["a file below a file", (path) => writeFileSync(path, ""), /cannot be read \(ENOTDIR\)/],
  ["a large file", (path) => writeFileSync(path, Buffer.alloc(65_537, "#")), /larger than 65536 bytes/],
  ["bytes that are no text", (path) => writeFileSync(path, Buffer.from([0x61, 0xff, 0xfe])), /not UTF-8/],
])("refuses %s", async (what, make, says) => {
  const path = at(what.replaceAll(" ", "-"));
  make(path);
  const error = await failureOf(readPolicyText(what.includes("below") ? join(path, "oslm.yaml") : path));
  expect(error).toMatchObject({ code: "bad-policy", facts: { problem: expect.stringMatching(says) } });
});

it("reads what may be one, through a link as well", async () => {
  writeFileSync(at("policy.yaml"), "license: {}\n# ä\n");
  symlinkSync(at("policy.yaml"), at("link"));
  expect(await readPolicyText(at("link"))).toBe("license: {}\n# ä\n");
});
