// A pull of a checkpoint that is killed: the same command goes on from there, and nothing partial is taken for whole.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { wideFiles } from "../support/checkpoint-repo.js";
import { type CheckpointRoom, openCheckpointRoom } from "../support/checkpoint-room.js";
import { hollowConfig, hollowOut, writeFolder } from "../support/checkpoints/folder.js";
import { Home } from "../support/oslm.js";

let room: CheckpointRoom;
afterEach(() => room.close());

/** Runs a pull, and sends the signal when it has come so far. */
async function pullUntil(
  isSoFar: () => boolean,
  signal: NodeJS.Signals,
): Promise<{ code: number | null; stderr: string }> {
  return room.home.run(["pull", "org/Tiny:Q4_K_M"], {
    onStart: (child) => {
      const look = setInterval(() => {
        if (!isSoFar()) return;
        // A second Ctrl-C would not wait.
        clearInterval(look);
        child.kill(signal);
      }, 5);
      child.on("exit", () => clearInterval(look));
    },
  });
}

const PARTIAL = /\.oslm-\w+\.incomplete$/;
const CONVERTING = /oslm\/\.\.incoming-[0-9a-f]{16}\.[0-9a-f]{12}\.partial$/;
const left = (name: RegExp) => room.home.files().filter((file) => name.test(file));
const listed = async () => (await room.home.run(["list", "--quiet"])).stdout;
const sent = () => room.weights().reduce((sum, request) => sum + request.sent, 0);

it.each(["SIGKILL", "SIGINT"] as const)("goes on with a download after %s", async (signal) => {
  const files = wideFiles();
  const { length } = files["model.safetensors"] as Buffer;
  room = await openCheckpointRoom(files, { bytesPerSecond: 2_000_000 });
  const { code, stderr } = await pullUntil(() => sent() > length / 3, signal);
  expect(code).toBe(signal === "SIGINT" ? 130 : null);
  if (signal === "SIGINT") expect(stderr).toMatch(/kept; run the same command/);
  expect({ partial: left(PARTIAL).length > 0, listed: await listed() }).toEqual({ partial: true, listed: "" });
  expect(sent()).toBeLessThan(length);
  expect((await room.home.run(["pull", "org/Tiny:Q4_K_M"])).code).toBe(0);
  // Headers are read anew, and what was not noted by then.
  expect(sent()).toBeLessThan(1.7 * length);
  expect(await listed()).toBe("org/Tiny:Q4_K_M\n");
  // Of the first run's files too.
  expect(room.inCache()).toEqual([]);
  expect((await room.home.run(["run", "org/Tiny", "hi", "-n", "2"])).code).toBe(0);
});

it.each(["SIGKILL", "SIGINT"] as const)("converts what is here after %s", async (signal) => {
  const width = 1536;
  const scratch = new Home();
  writeFolder(scratch.path, hollowConfig(width));
  hollowOut(scratch.path, width);
  const files = Object.fromEntries(
    readdirSync(scratch.path)
      .filter((name) => /\.(json|md|safetensors)$/.test(name))
      .map((name) => [
        name,
        name.endsWith(".safetensors") ? { file: join(scratch.path, name) } : readFileSync(join(scratch.path, name)),
      ]),
  );
  room = await openCheckpointRoom(files);
  const { code } = await pullUntil(() => left(CONVERTING).length > 0, signal);
  expect(code).toBe(signal === "SIGINT" ? 130 : null);
  // Ctrl-C has the time to clear up.
  expect(left(CONVERTING).length).toBe(signal === "SIGINT" ? 0 : 1);
  expect({ listed: await listed(), cached: room.inCache().length > 0 }).toEqual({ listed: "", cached: true });
  room.hub.requests.length = 0;
  const again = await room.home.run(["pull", "org/Tiny:Q4_K_M", "--json"]);
  expect(again).toMatchObject({ code: 0 });
  expect(JSON.parse(again.stdout).bytes.downloaded).toBe(0);
  expect({ converting: left(CONVERTING), cached: room.inCache() }).toEqual({ converting: [], cached: [] });
  expect((await room.home.run(["verify"])).code).toBe(0);
  scratch.remove();
});

it.each([
  ["in the download", () => sent() > 400_000],
  ["in the conversion", () => left(CONVERTING).length > 0],
])("is removed on demand after it was killed %s", async (_, isSoFar) => {
  room = await openCheckpointRoom(wideFiles(768), { bytesPerSecond: 5_000_000 });
  const { code } = await pullUntil(isSoFar, "SIGKILL");
  expect(code).toBe(null);
  expect(room.inCache().length).toBeGreaterThan(0);
  const removed = await room.home.run(["rm", "org/Tiny", "--yes"]);
  expect({ code: removed.code, cached: room.inCache() }).toEqual({ code: 0, cached: [] });
});
