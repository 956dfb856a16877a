// A pull of a checkpoint that is killed in its conversion: it is begun anew from what is here, and nothing partial is taken for whole.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { wideFiles } from "../support/checkpoint-repo.js";
import { type CheckpointRoom, openCheckpointRoom } from "../support/checkpoint-room.js";
import { hollowConfig, hollowOut, writeFolder } from "../support/checkpoints/folder.js";
import { Home } from "../support/oslm.js";

let room: CheckpointRoom;
afterEach(() => room.close());

const CONVERTING = /oslm\/\.\.incoming-[0-9a-f]{16}\.oslm-[0-9a-f]{8}-\d+-\d+-[0-9a-f]{8}\.partial$/;

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
  const { code } = await room.pullUntil(() => room.left(CONVERTING).length > 0, signal);
  expect(code).toBe(signal === "SIGINT" ? 130 : null);
  // Ctrl-C has the time to clear up.
  expect(room.left(CONVERTING).length).toBe(signal === "SIGINT" ? 0 : 1);
  expect({ listed: await room.listed(), cached: room.inCache().length > 0 }).toEqual({ listed: "", cached: true });
  room.hub.requests.length = 0;
  const again = await room.home.run(["pull", "org/Tiny:Q4_K_M", "--json"]);
  expect(again).toMatchObject({ code: 0 });
  expect(JSON.parse(again.stdout).bytes.downloaded).toBe(0);
  expect({ converting: room.left(CONVERTING), cached: room.inCache() }).toEqual({ converting: [], cached: [] });
  expect((await room.home.run(["verify"])).code).toBe(0);
  scratch.remove();
});

it("is removed on demand", async () => {
  room = await openCheckpointRoom(wideFiles(768), { bytesPerSecond: 5_000_000 });
  const { code } = await room.pullUntil(() => room.left(CONVERTING).length > 0, "SIGKILL");
  expect(code).toBe(null);
  expect(room.inCache().length).toBeGreaterThan(0);
  const removed = await room.home.run(["rm", "org/Tiny", "--yes"]);
  expect({ code: removed.code, cached: room.inCache() }).toEqual({ code: 0, cached: [] });
});
