// Processes that die in the middle, and several at once.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, readFile, utimes } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { tryLock } from "../../src/store/lock.js";
import { canMount } from "../support/can-mount.js";
import { builtHasher, bytes, openRoom, type Room } from "../support/store-room.js";

const ID = "acme/tiny-GGUF";
const weights = bytes(1_500_000);
const [RUN_TS, CHILD] = ["run-ts.mjs", "pull-child.ts"].map((name) =>
  fileURLToPath(new URL(`../support/${name}`, import.meta.url)),
) as [string, string];

const execute = promisify(execFile);
const AN_HOUR_AGO = new Date(Date.now() - 3_600_000);

let room: Room;
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await room?.close();
});

interface Child {
  readonly process: ChildProcess;
  readonly lines: string[];
  readonly ended: Promise<number | null>;
  /** Resolves when a line that passes has come. */
  line(passes: (line: string) => boolean): Promise<void>;
}

function pullInChild(): Child {
  const args = [RUN_TS, CHILD, room.fake.endpoint, room.cache, room.state, ID];
  const process = spawn(globalThis.process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(process);
  const lines: string[] = [];
  const reader = createInterface({ input: process.stdout });
  reader.on("line", (line) => lines.push(line));
  const ended = new Promise<number | null>((resolve) => process.once("close", resolve));
  const line = (passes: (line: string) => boolean) =>
    new Promise<void>((resolve, reject) => {
      if (lines.some(passes)) resolve();
      reader.on("line", (text) => passes(text) && resolve());
      reader.on("close", () => reject(new Error(`the child ended after: ${lines.slice(-3).join(", ")}`)));
    });
  return { process, lines, ended, line };
}

const received = (line: string) => Number(/^progress (\d+)$/.exec(line)?.[1] ?? 0);
const stored = async () => readFile((await room.store.list())[0]?.path ?? "");

test("a killed download is gone on with by the next process, and its lock is not in the way", async () => {
  room = await openRoom([{ id: ID, files: { "m.gguf": weights } }]);
  room.fake.faults.set("m.gguf", { at: "cdn", stallAfter: 700_000 });
  const child = pullInChild();
  await child.line((line) => received(line) >= 600_000);
  child.process.kill("SIGKILL");
  await child.ended;
  expect(await room.store.list()).toEqual([]);
  expect((await room.blobs(ID)).filter((name) => /^[0-9a-f]{64}$/.test(name))).toEqual([]);

  room.fake.faults.clear();
  room.fake.requests.length = 0;
  const since = performance.now();
  await room.pull(ID);
  // Whoever waited for its last touch to grow old would wait for 15 s.
  expect(performance.now() - since).toBeLessThan(5_000);
  expect((await stored()).equals(weights)).toBe(true);
  const ranges = room.fake.requests.filter(({ host }) => host === "cdn").map(({ headers }) => headers.range);
  const from = Number(/^bytes=(\d+)-1499999$/.exec(ranges[0] ?? "")?.[1]);
  expect(ranges).toHaveLength(1);
  // No written byte is lost.
  expect(from).toBeGreaterThanOrEqual(600_000);
  expect(await room.blobs(ID)).toEqual([(await room.store.list())[0]?.files[0]?.sha256]);
});

test("of two processes one downloads and the other waits, then finds everything here", async () => {
  room = await openRoom([{ id: ID, files: { "m.gguf": weights } }]);
  room.fake.faults.set("m.gguf", { at: "cdn", bytesPerSecond: 250_000 });
  // Both at once: a busy machine may take longer to start one than the other needs.
  const both = [pullInChild(), pullInChild()];
  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0]);
  const second = both.findIndex(({ lines }) => lines[0] === "waiting");
  expect(both[second]?.lines).toEqual(["waiting", "done 0"]);
  expect(both[1 - second]?.lines.at(-1)).toBe("done 1");
  expect(room.fake.requests.filter(({ host }) => host === "cdn")).toHaveLength(1);
  expect((await stored()).equals(weights)).toBe(true);
});

test("a lock that was left behind long ago is taken over", async () => {
  room = await openRoom([]);
  const lock = room.store.lockPath(ID);
  await mkdir(lock, { recursive: true });
  await utimes(lock, AN_HOUR_AGO, AN_HOUR_AGO);
  const release = await tryLock(lock);
  expect(release).toBeDefined();
  expect(await tryLock(lock)).toBeUndefined();
  await release?.();
  const again = await tryLock(lock);
  expect(again).toBeDefined();
  await again?.();
});

test("a process that lost its lock cannot name a file that another one has taken over", async () => {
  room = await openRoom([{ id: ID, files: { "m.gguf": weights } }]);
  const { Partial } = await import("../../src/store/partial.js");
  const snapshot = await room.snapshot(ID);
  const [file] = snapshot.files;
  if (file === undefined) throw new Error("no file");
  const target = room.store.layout(ID).blob(file);
  const options = { root: room.cache, hasher: builtHasher() };
  const slow = await Partial.open(target, file, options);
  await slow.write(0, weights.subarray(0, 1_000_000));
  const fast = await Partial.open(target, file, options);
  expect(fast.received).toBe(1_000_000);
  await slow.write(1_000_000, weights.subarray(1_000_000));
  await expect(slow.finish()).rejects.toMatchObject({ code: "disturbed" });
  await slow.close();
  await fast.write(1_000_000, weights.subarray(1_000_000));
  expect((await fast.digest()).hex).toBe(file.sha256);
  await fast.finish();
  await options.hasher.close();
  expect((await readFile(target)).equals(weights)).toBe(true);
  expect(await room.blobs(ID)).toEqual([file.sha256]);
  expect(join(room.store.layout(ID).blobs, file.sha256 ?? "")).toBe(target);
});

test.skipIf(!canMount())(
  "a disk that fills up meanwhile ends the download with what is needed",
  async () => {
    room = await openRoom([{ id: ID, files: { "m.gguf": weights } }]);
    room.fake.faults.set("m.gguf", { at: "cdn", bytesPerSecond: 3_000_000 });
    await mkdir(room.cache, { recursive: true });
    const command = [globalThis.process.execPath, RUN_TS, CHILD, room.fake.endpoint, room.cache, room.state, ID];
    const script = 'mount -t tmpfs -o size=1m none "$0" && "$@" 2>&1; ls -R "$0"';
    const { stdout } = await execute("unshare", ["-rm", "sh", "-c", script, room.cache, ...command]);
    expect(stdout).toContain('"have":0');
    expect(stdout).toMatch(/disk-full \{"path":".*","need":[1-9]/);
    expect(Number(/"need":(\d+)/.exec(stdout)?.[1])).toBeLessThan(weights.length);
    // What came is kept.
    expect(stdout).toMatch(/\.incomplete$/m);
    expect(Number(/"need":(\d+)/.exec(stdout)?.[1])).toBeLessThan(weights.length);
  },
  20_000,
);
