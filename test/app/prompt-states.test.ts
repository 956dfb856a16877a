// Which loads share evaluated prompts.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { LocalModel } from "../../src/app/run/local-model.js";
import { promptStatesOf } from "../../src/app/run/prompt-states.js";
import type { World } from "../../src/app/world.js";
import type { LoadPlan } from "../../src/fit/plan-load.js";
import { DEMO } from "../support/oslm.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-states-"));
afterAll(() => rmSync(folder, { recursive: true }));
const world = { promptCache: () => ({ folder, limit: 1e9 }) } as unknown as World;
const model = { stored: null, paths: [DEMO] } as unknown as LocalModel;
const PLAN = { batch: 4, threads: 2, kvType: "f16", gpuLayers: 0, useMmap: true, ctx: 64, estimate: { kvCache: 64 } };

async function statesOf(changes: object) {
  const open = await promptStatesOf(world, model, { ...PLAN, ...changes } as unknown as LoadPlan);
  if (open === undefined) throw new Error("no states are wanted");
  return open({ engine: "e", release: "r", backend: "cpu" });
}

it("shares them only where the same kernels compute", async () => {
  const tokens = [1, 2, 3, 4, 5];
  const states = await statesOf({});
  await states.keep({ tokens, exact: 4 }, true, async (path) => writeFileSync(path, "state"));
  const common = async (changes: object) => (await (await statesOf(changes)).find(tokens, false)).common;
  expect(await common({ ctx: 128 })).toBe(5);
  for (const change of [{ batch: 8 }, { threads: 1 }, { kvType: "q8_0" }, { gpuLayers: 1 }, { useMmap: false }])
    expect([change, await common(change)]).toEqual([change, 0]);
});
