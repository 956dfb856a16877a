// A second model beside the first, in its place, or not at all; the memory is made up, the files are real.
import { beforeAll, expect, it } from "vitest";
import { findLocal, type LocalModel } from "../../src/app/run/local-model.js";
import { openAnother } from "../../src/app/run/open-another.js";
import { readModel } from "../../src/app/run/read-model.js";
import type { World } from "../../src/app/world.js";
import { OslmError } from "../../src/errors.js";
import { PROCESS } from "../../src/fit/overhead.js";
import { type LoadPlan, planLoad } from "../../src/fit/plan-load.js";
import type { Host } from "../../src/model/types.js";

const CALM = new AbortController().signal;
const hostOf = (ramAvailable: number): Host => ({ ramTotal: 2e9, ramAvailable, gpus: [], cores: 2, margin: 0 });
const worldOf = (ram: number, signal = CALM) =>
  ({ signal, machine: {}, hostNow: async () => hostOf(ram) }) as unknown as World;

let model: LocalModel;
let held: LoadPlan;
let need: number;
beforeAll(async () => {
  const demo = await findLocal(worldOf(2e9), { kind: "demo" });
  if (demo === undefined) throw new Error("no demo model");
  model = demo;
  const plan = planLoad(await readModel(demo), hostOf(2e9));
  if (!plan.fits) throw new Error("does not fit");
  need = plan.estimate.total;
  // The first is another such model with a process around it, and 50 MB more.
  held = { ...plan, estimate: { ...plan.estimate, perDevice: [{ device: "ram", bytes: need + 50_000_000 }] } };
});

/** What the first holds, and its process does not. */
const ownMegabytes = () => (need + 50e6 - PROCESS) / 1e6;

/** @param failing how often opening fails for want of memory */
async function attempt(ram: number, { force = false, failing = 0, signal = CALM } = {}): Promise<string[]> {
  const steps: string[] = [];
  let failures = failing;
  await openAnother(worldOf(ram, signal), {
    model,
    wishes: {},
    force,
    held,
    async open({ hostNow }) {
      const { ramAvailable } = await hostNow();
      steps.push(`open in ${Math.round((ramAvailable - need) / 1e6)} MB more than it needs`);
      if (failures-- > 0) throw new OslmError("does-not-fit", {} as never);
    },
    async free() {
      steps.push("free");
    },
  }).catch((error: unknown) => steps.push(error instanceof OslmError ? error.code : String(error)));
  return steps;
}

it("opens it beside the first where both fit", async () => {
  expect(await attempt(need + 100e6)).toEqual([`open in ${Math.round(100 - ownMegabytes())} MB more than it needs`]);
});

it("lets the first go where it fits only then, or the memory ran out beside it", async () => {
  expect(await attempt(need + 10e6)).toEqual(["free", "open in 10 MB more than it needs"]);
  expect(await attempt(need + 100e6, { failing: 1 })).toEqual([
    `open in ${Math.round(100 - ownMegabytes())} MB more than it needs`,
    "free",
    "open in 100 MB more than it needs",
  ]);
});

it("lets the first alone where that would not help, or the load is given up; force is force", async () => {
  const alone = `open in ${Math.round(ownMegabytes() - 70)} MB more than it needs`;
  expect(await attempt(need - 70e6, { failing: 1 })).toEqual([alone, "does-not-fit"]);
  expect(await attempt(need - 70e6, { force: true })).toEqual(["free", "open in -70 MB more than it needs"]);
  expect(await attempt(need + 10e6, { signal: AbortSignal.abort("stopped") })).toEqual(["stopped"]);
});
