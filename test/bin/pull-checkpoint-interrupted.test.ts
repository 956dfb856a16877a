// A pull of a checkpoint that is killed in its download: the same command goes on from there.
import { afterEach, expect, it } from "vitest";
import { wideFiles } from "../support/checkpoint-repo.js";
import { type CheckpointRoom, openCheckpointRoom } from "../support/checkpoint-room.js";

let room: CheckpointRoom;
afterEach(() => room.close());

const PARTIAL = /\.oslm-\w+\.incomplete$/;

it.each(["SIGKILL", "SIGINT"] as const)("goes on with a download after %s", async (signal) => {
  const files = wideFiles();
  const { length } = files["model.safetensors"] as Buffer;
  room = await openCheckpointRoom(files, { bytesPerSecond: 2_000_000 });
  const { code, stderr } = await room.pullUntil(() => room.sent() > length / 3, signal);
  expect(code).toBe(signal === "SIGINT" ? 130 : null);
  if (signal === "SIGINT") expect(stderr).toMatch(/kept; run the same command/);
  expect({ partial: room.left(PARTIAL).length > 0, listed: await room.listed() }).toEqual({
    partial: true,
    listed: "",
  });
  expect(room.sent()).toBeLessThan(length);
  expect((await room.home.run(["pull", "org/Tiny:Q4_K_M"])).code).toBe(0);
  // Headers are read anew, and what was not noted by then.
  expect(room.sent()).toBeLessThan(1.7 * length);
  expect(await room.listed()).toBe("org/Tiny:Q4_K_M\n");
  // Of the first run's files too.
  expect(room.inCache()).toEqual([]);
  expect((await room.home.run(["run", "org/Tiny", "hi", "-n", "2"])).code).toBe(0);
});

it("is removed on demand", async () => {
  room = await openCheckpointRoom(wideFiles(768), { bytesPerSecond: 5_000_000 });
  const { code } = await room.pullUntil(() => room.sent() > 400_000, "SIGKILL");
  expect(code).toBe(null);
  expect(room.inCache().length).toBeGreaterThan(0);
  const removed = await room.home.run(["rm", "org/Tiny", "--yes"]);
  expect({ code: removed.code, cached: room.inCache() }).toEqual({ code: 0, cached: [] });
});
