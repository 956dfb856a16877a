// A file that is written beside others.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { constant } from "../../src/convert/reshape.js";
import { writeFile } from "../../src/convert/write-file.js";
import { writeHeader } from "../../src/gguf/write-header.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-write-"));
afterAll(() => rmSync(folder, { recursive: true }));

const planned = [{ name: "a", type: "F32", dims: [2], weights: constant("a", [1, 2]) }];
const signal = new AbortController().signal;

it.each([
  ["leaves what has come there meanwhile, and nothing beside it", true],
  ["replaces it where it may", false],
])("%s", async (_, fresh) => {
  const target = join(folder, "model.gguf");
  rmSync(target, { force: true });
  const steps = writeFile(writeHeader([], planned), planned, { target, signal, fresh });
  await steps.next();
  writeFileSync(target, "mine");
  const rest = steps.next();
  if (fresh) await expect(rest).rejects.toMatchObject({ code: "usage" });
  else await rest;
  expect(readFileSync(target, "latin1").slice(0, 4)).toBe(fresh ? "mine" : "GGUF");
  expect(readdirSync(folder)).toEqual(["model.gguf"]);
});

it("clears what killed processes have left of the same file, and of no other", async () => {
  const target = join(folder, "killed.gguf");
  const steps = writeFile(writeHeader([], planned), planned, { target, signal });
  await steps.next();
  const [own = ""] = readdirSync(folder).filter((name) => name.endsWith(".partial"));
  await steps.return(undefined);
  const begin = own.slice(0, -"xxxxxxxx.partial".length);
  const gone = String(spawnSync(process.execPath, ["-p", "process.pid"]).stdout).trim();
  const nameOf = (pid: number, from = begin) => `${from}${pid.toString(16).padStart(8, "0")}.partial`;
  const others = [
    nameOf(process.ppid),
    nameOf(Number(gone), begin.replace("killed", "other")),
    // Of another machine.
    nameOf(Number(gone), begin.replace(/.{4}$/, "zzzz")),
    nameOf(
      Number(gone),
      begin.replace(/.{4}$/, (host) => (host === "0000" ? "0001" : "0000")),
    ),
    ".killed.gguf.txt",
  ];
  for (const name of [...others, nameOf(Number(gone)), nameOf(process.pid)]) writeFileSync(join(folder, name), "");
  for await (const _ of writeFile(writeHeader([], planned), planned, { target, signal }));
  const left = readdirSync(folder).filter((name) => name.startsWith("."));
  expect(left.sort()).toEqual([...others].sort());
});
