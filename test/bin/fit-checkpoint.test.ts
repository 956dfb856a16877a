// oslm fit of a repository that has a checkpoint and no GGUF file.
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { wideFiles } from "../support/checkpoint-repo.js";
import { type CheckpointRoom, FILES, openCheckpointRoom } from "../support/checkpoint-room.js";
import { writeCheckpoint } from "../support/checkpoints/compare.js";
import { DEEPSEEKS } from "../support/checkpoints/deepseek.js";
import { type Family, makeModel } from "../support/checkpoints/family.js";
import { GEMMAS } from "../support/checkpoints/gemma.js";
import { GPTS } from "../support/checkpoints/gpt.js";
import { GPT_OSS } from "../support/checkpoints/gpt-oss.js";

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

interface Row {
  readonly quant: string;
  readonly size: number;
  readonly estimate: { readonly total: number };
}

/** The weights of a family beside a tokenizer. */
async function reopen(family: Family): Promise<void> {
  const { config } = family;
  const path = writeCheckpoint({ ...family, config: { ...config, eos_token_id: 261 } }, makeModel(family));
  const own = ["config.json", "model.safetensors"].map((name) => [name, readFileSync(join(path, name))] as const);
  rmSync(path, { recursive: true });
  await room.close();
  room = await openCheckpointRoom({ ...FILES, ...Object.fromEntries(own) });
}

const families = [GEMMAS, GPTS, DEEPSEEKS, GPT_OSS].flatMap((all) => all.slice(-1));

it.each(families.map((family) => [family.name, family] as const))("tells of %s what pull makes", async (_, family) => {
  await reopen(family);
  const { variants, choice } = JSON.parse((await room.home.run(["fit", "org/Tiny", "--json"])).stdout);
  for (const name of ["org/Tiny", "org/Tiny:Q4_K_M"]) {
    const { path, quant, fit } = JSON.parse((await room.home.run(["pull", name, "--keep", "--json"])).stdout);
    const row = variants.find((one: Row) => one.quant === quant);
    expect([quant, row]).toEqual([
      name === "org/Tiny" ? choice : "Q4_K_M",
      expect.objectContaining({ size: statSync(path).size, estimate: fit }),
    ]);
  }
});

it("chooses as pull does, where memory is scarce", async () => {
  await room.close();
  room = await openCheckpointRoom(wideFiles(768));
  const { variants } = JSON.parse((await room.home.run(["fit", "org/Tiny", "--json"])).stdout);
  const chosen = new Set<string | null>();
  const [middle, last] = [variants[2], variants[6]].map(({ estimate }: Row) => estimate.total) as [number, number];
  // A twentieth is not used; at the last nothing fits.
  for (const bytes of [middle * 1.055, last * 1.055, last * 1.04]) {
    const ram = ["--ram", `${Math.round(bytes / 1e5) / 10}MB`];
    const { choice } = JSON.parse((await room.home.run(["fit", "org/Tiny", "--json", ...ram])).stdout);
    const { code, stdout } = await room.home.run(["pull", "org/Tiny", "--json=quant", ...ram]);
    expect(code === 0 ? JSON.parse(stdout).quant : code).toBe(choice ?? 6);
    chosen.add(choice);
  }
  expect(chosen.size).toBe(3);
  expect([...chosen].at(-1)).toBe(null);
});
