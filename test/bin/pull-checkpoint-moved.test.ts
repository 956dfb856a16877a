// A pull of a checkpoint that is killed in its conversion, and begun again when the repository has another commit.
import { afterEach, expect, it } from "vitest";
import { wideFiles } from "../support/checkpoint-repo.js";
import { type CheckpointRoom, openCheckpointRoom } from "../support/checkpoint-room.js";

let room: CheckpointRoom;
afterEach(() => room.close());

const CONVERTING = /oslm\/\.\.incoming-[0-9a-f]{16}\.oslm-[0-9a-f]{8}-\d+-\d+-[0-9a-f]{8}\.partial$/;
const LISTS = /oslm\/checkpoints\/.*\.json$/;
const NAMED = /snapshots\/.*\.safetensors$/;
const files = wideFiles(512);
async function killedBefore(): Promise<void> {
  room = await openCheckpointRoom(files);
  await room.pullUntil(() => room.left(CONVERTING).length > 0, "SIGKILL");
  expect({ lists: room.left(LISTS).length, cached: room.inCache().length > 0 }).toEqual({ lists: 1, cached: true });
  const config = Buffer.from(`${files["config.json"]}\n`);
  await room.hub.push({
    ...{ id: "org/Tiny", card: { license: "apache-2.0" } },
    files: { ...files, "config.json": config },
  });
}

it("takes along what an earlier one fetched", async () => {
  await killedBefore();
  const again = await room.home.run(["pull", "org/Tiny:Q4_K_M", "--json"]);
  expect(JSON.parse(again.stdout).bytes.downloaded).toBeLessThan(10_000);
  expect({ cached: room.inCache(), lists: room.left(LISTS) }).toEqual({ cached: [], lists: [] });
});

it("knows of it after another interruption", async () => {
  await killedBefore();
  await room.pullUntil(() => room.left(NAMED).length > 1, "SIGKILL");
  expect((await room.home.run(["rm", "org/Tiny", "--yes"])).code).toBe(0);
  expect({ cached: room.inCache(), lists: room.left(LISTS) }).toEqual({ cached: [], lists: [] });
});

it("keeps the files of its own commit on demand, and no others", async () => {
  await killedBefore();
  expect((await room.home.run(["pull", "org/Tiny:Q4_K_M", "--keep"])).code).toBe(0);
  const blobs = room.inCache().filter((path) => path.includes("/blobs/"));
  expect({ blobs: blobs.length, lists: room.left(LISTS).length }).toEqual({
    blobs: Object.keys(files).length,
    lists: 1,
  });
  expect((await room.home.run(["rm", "org/Tiny", "--yes"])).code).toBe(0);
  expect({ cached: room.inCache(), lists: room.left(LISTS) }).toEqual({ cached: [], lists: [] });
});
