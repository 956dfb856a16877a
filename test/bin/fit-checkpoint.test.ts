// oslm fit of a repository that has a checkpoint and no GGUF file.
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type CheckpointRoom, openCheckpointRoom } from "../support/checkpoint-room.js";

let room: CheckpointRoom;
beforeEach(async () => {
  room = await openCheckpointRoom();
});
afterEach(() => room.close());

it("is weighed by fit, with the sizes that come out", async () => {
  const { code, stdout } = await room.home.run(["fit", "org/Tiny", "--json"]);
  expect(code).toBe(0);
  const { variants, choice, converted } = JSON.parse(stdout);
  expect({ choice, converted, cache: room.inCache() }).toMatchObject({
    choice: "Q8_0",
    converted: { architecture: "llama" },
    cache: [],
  });
  expect(variants.map((row: { quant: string }) => row.quant)).toEqual(
    expect.arrayContaining(["F16", "Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"]),
  );
  for (const quant of ["Q8_0", "F16"]) {
    const { path } = JSON.parse((await room.home.run(["pull", `org/Tiny:${quant}`, "--json=path"])).stdout);
    expect(readFileSync(path).length).toBe(variants.find((row: { quant: string }) => row.quant === quant).size);
  }
  expect((await room.home.run(["fit", "org/Tiny"])).stderr).toContain("no GGUF files: a pull downloads");
});
