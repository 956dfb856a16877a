// Locks of processes that live, that were killed, and that cannot be seen from here.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { bundle } from "../../scripts/bundle.mjs";
import { holderOf, lockState, tryLock, waitForLock } from "../../src/store/lock.js";
import { type Owner, ownerPath } from "../../src/store/lock-owner.js";

const CHILD = fileURLToPath(new URL("../support/lock-child.mjs", import.meta.url));

// What the children run; below dist, where git passes it over and packages are found.
beforeAll(() => bundle({ lock: "src/store/lock.ts" }, "dist/test"));

let folder: string;
let lock: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "oslm-lock-"));
  lock = join(folder, "a.lock");
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

function start(...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ["pipe", "pipe", "ignore"] });
  children.push(child);
  return child;
}

/** A process that holds the lock. */
async function hold(): Promise<ChildProcess> {
  const child = start("hold", lock);
  if (child.stdout) await once(child.stdout, "data");
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
}

async function changeOwner(change: Partial<Owner>): Promise<void> {
  const owner = JSON.parse(await readFile(ownerPath(lock), "utf8")) as Owner;
  await writeFile(ownerPath(lock), JSON.stringify({ ...owner, ...change }));
}

test("a living holder keeps its lock, and is known", async () => {
  const child = await hold();
  expect(await tryLock(lock)).toBeUndefined();
  expect([lockState(lock), holderOf(lock)]).toEqual(["held", child.pid]);
});

test("a killed holder's lock is taken over at once, and nothing of it is left", async () => {
  await kill(await hold());
  expect([existsSync(lock), lockState(lock)]).toEqual([true, "left"]);
  const since = performance.now();
  const release = await waitForLock(lock);
  expect(performance.now() - since).toBeLessThan(1_000);
  expect(holderOf(lock)).toBe(process.pid);
  await release();
  expect(await readdir(folder)).toEqual([]);
});

test("one who waits while the holder is killed goes on within a second", async () => {
  const child = await hold();
  const waiting = waitForLock(lock);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await kill(child);
  const since = performance.now();
  await (await waiting)();
  expect(performance.now() - since).toBeLessThan(1_000);
});

test("ten that race for a dead holder's lock are never two at once", async () => {
  await kill(await hold());
  const log = join(folder, "log");
  const racers = Array.from({ length: 10 }, () => start("race", lock, log));
  await Promise.all(racers.map(({ stdout }) => stdout && once(stdout, "data")));
  const ends = racers.map((racer) => once(racer, "close"));
  for (const racer of racers) racer.stdin?.end();
  expect((await Promise.all(ends)).map(([code]) => code)).toEqual(Array(10).fill(0));
  const lines = (await readFile(log, "utf8")).trimEnd().split("\n");
  expect(lines).toHaveLength(20);
  for (let at = 0; at < lines.length; at += 2) {
    expect(lines[at + 1]).toBe(lines[at]?.replace("enter", "leave"));
  }
  expect((await readdir(folder)).sort()).toEqual(["log"]);
}, 20_000);

test("a process that ends without releasing leaves no lock", async () => {
  const child = start("race", lock, join(folder, "no-such-folder", "log"));
  child.stdin?.end();
  expect((await once(child, "close"))[0]).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test.each<[string, Partial<Owner>]>([
  ["on another machine", { host: "elsewhere" }],
  ["before a restart", { boot: "another" }],
  ["in another container", { namespace: "pid:[1]" }],
  ["of an older folder of the same name", { folder: "1-1" }],
])("what a holder %s is doing cannot be seen: only its age counts", async (_, change) => {
  await kill(await hold());
  await changeOwner(change);
  expect(await tryLock(lock)).toBeUndefined();
  expect(holderOf(lock)).toBeUndefined();
  const before = new Date(Date.now() - 16_000);
  await utimes(lock, before, before);
  await (await waitForLock(lock))();
  expect(await readdir(folder)).toEqual([]);
});

test.skipIf(process.platform !== "linux")(
  "a process that has got the number of a dead one is not the holder",
  async () => {
    await kill(await hold());
    await changeOwner({ pid: process.pid, start: "1" });
    const release = await tryLock(lock);
    expect(release).toBeDefined();
    await release?.();
  },
);

test.each(["", "{", "[]", '{"pid":-1}', "x".repeat(5_000)])(
  "a record that makes no sense proves nothing: %.10s",
  async (text) => {
    await mkdir(lock);
    await writeFile(ownerPath(lock), text);
    expect([lockState(lock), holderOf(lock)]).toEqual(["held", undefined]);
  },
);

test.skipIf(process.platform !== "linux")("a living holder that was asleep keeps its lock", async () => {
  await hold();
  const before = new Date(Date.now() - 60_000);
  await utimes(lock, before, before);
  expect(await tryLock(lock)).toBeUndefined();
});

test("a holder that lost its lock meanwhile does not remove the next one's", async () => {
  const slept = await tryLock(lock);
  await changeOwner({ host: "elsewhere" });
  const before = new Date(Date.now() - 16_000);
  await utimes(lock, before, before);
  const release = await waitForLock(lock);
  await slept?.();
  expect([lockState(lock), holderOf(lock)]).toEqual(["held", process.pid]);
  await release();
});

test("a guard that was left behind delays the takeover, and does not stop it", async () => {
  await kill(await hold());
  await mkdir(`${lock}.guard`);
  expect(await tryLock(lock)).toBeUndefined();
  const before = new Date(Date.now() - 6_000);
  await utimes(`${lock}.guard`, before, before);
  await (await waitForLock(lock))();
  expect(await readdir(folder)).toEqual([]);
});
