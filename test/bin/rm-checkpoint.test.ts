// oslm rm of what was converted here: what goes of its checkpoint, and what stays.
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type CheckpointRoom, FILES, openCheckpointRoom } from "../support/checkpoint-room.js";

let room: CheckpointRoom;
beforeEach(async () => {
  room = await openCheckpointRoom();
});
afterEach(() => room.close());

const LISTS = /oslm\/checkpoints\/.*\.json$/;
const CHECKPOINT = Object.values(FILES).reduce((sum, { length }) => sum + length, 0);
const rm = async (name: string) => {
  const { code, stdout } = await room.home.run(["rm", name, "--yes", "--json"]);
  expect(code).toBe(0);
  return JSON.parse(stdout);
};
/** What people are told. */
const told = async (name: string) => (await room.home.run(["rm", name, "--yes"])).stderr;
const pull = async (name: string, ...flags: string[]): Promise<string> => {
  const { code, stdout } = await room.home.run(["pull", name, ...flags]);
  expect(code).toBe(0);
  return stdout.trim();
};

it("one model of several leaves the checkpoint that was kept, and tells what removes it", async () => {
  await pull("org/Tiny:F16", "--keep");
  const path = await pull("org/Tiny:Q8_0");
  expect(await told("org/Tiny:F16")).toMatch(
    /the checkpoint of org\/Tiny stays .* \(oslm rm org\/Tiny removes it\): .*models--org--Tiny\n/,
  );
  expect(room.inCache()).not.toEqual([]);
  // The repository as a whole.
  const size = CHECKPOINT + statSync(path).size;
  expect(await rm("org/Tiny")).toMatchObject({ removed: ["org/Tiny:Q8_0"], freedBytes: size });
  expect({ cached: room.inCache(), lists: room.left(LISTS) }).toEqual({ cached: [], lists: [] });
});

it("says of no checkpoint that it stays which goes with the repository", async () => {
  await pull("org/Tiny", "--keep");
  const said = await told("org/Tiny");
  expect({ said: /stays/.test(said), cached: room.inCache() }).toEqual({ said: false, cached: [] });
});

it("the checkpoint can go when no model is left", async () => {
  await pull("org/Tiny", "--keep");
  await rm("org/Tiny:Q8_0");
  expect(await rm("org/Tiny")).toMatchObject({ removed: ["org/Tiny"], freedBytes: CHECKPOINT });
  expect(room.inCache()).toEqual([]);
});

it("what another program has put there stays", async () => {
  await pull("org/Tiny", "--keep");
  // As if that had not been oslm.
  for (const list of room.left(LISTS)) rmSync(join(room.home.path, list));
  const before = room.inCache();
  expect(await told("org/Tiny")).toMatch(
    /the checkpoint of org\/Tiny stays in the Hugging Face cache, [\d.]+ \w+: .*models--org--Tiny\n/,
  );
  expect(room.inCache()).toEqual(before);
});
