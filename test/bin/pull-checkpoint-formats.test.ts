// What a pull takes of a checkpoint, and what it leaves in the cache.
import { basename } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Files, shardedWeights, torchWeights } from "../support/checkpoint-repo.js";
import { type CheckpointRoom, FILES, openCheckpointRoom } from "../support/checkpoint-room.js";

let room: CheckpointRoom;
beforeEach(async () => {
  room = await openCheckpointRoom();
});
afterEach(() => room.close());
async function reopen(...repo: Parameters<typeof openCheckpointRoom>): Promise<void> {
  await room.close();
  room = await openCheckpointRoom(...repo);
}

const without = (files: Files, ...names: string[]): Files =>
  Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));

it.each<[string, () => Files, RegExp[]]>([
  ["PyTorch", () => ({ "pytorch_model.bin": torchWeights() }), [/^pytorch_model\.bin$/]],
  ["safetensors in parts", shardedWeights, [/^model-00001-of/, /^model-00002-of/, /index\.json$/]],
  [
    "both, of which safetensors are taken",
    () => ({ "model.safetensors": FILES["model.safetensors"] as Buffer, "pytorch_model.bin": torchWeights() }),
    [/^model\.safetensors$/],
  ],
])("is made of %s", async (_, made, expected) => {
  await reopen({ ...without(FILES, "model.safetensors"), ...made(), "optimizer.pt": Buffer.from("never asked for") });
  const { code, stdout } = await room.home.run(["pull", "org/Tiny", "--json=converted,path"]);
  expect(code).toBe(0);
  const { converted, path } = JSON.parse(stdout);
  const taken = converted.files.map((file: { path: string }) => file.path).filter((name: string) => /model/.test(name));
  expect(taken.sort()).toEqual(expected.map((name) => expect.stringMatching(name)));
  const asked = new Set(room.weights().map((request) => basename(request.path)));
  expect(
    [...asked].filter((name) => name === "optimizer.pt" || (taken[0] !== name && name === "pytorch_model.bin")),
  ).toEqual([]);
  expect((await room.home.run(["run", path, "hi", "-n", "2"])).code).toBe(0);
});

it("keeps what it is told to keep, and what was there before", async () => {
  const kept = await room.home.run(["pull", "org/Tiny", "--keep"]);
  expect(kept.code).toBe(0);
  const before = room.inCache();
  expect(before.filter((file) => file.includes("/blobs/")).length).toBe(Object.keys(FILES).length);
  // Nobody fetched these for the second conversion.
  room.hub.requests.length = 0;
  const second = await room.home.run(["pull", "org/Tiny:Q6_K", "--json=bytes"]);
  expect(JSON.parse(second.stdout).bytes.downloaded).toBe(0);
  expect(room.inCache()).toEqual(before);
  expect((await room.home.run(["list", "--quiet"])).stdout.split("\n").sort()).toEqual([
    "",
    "org/Tiny:Q6_K",
    "org/Tiny:Q8_0",
  ]);
});
