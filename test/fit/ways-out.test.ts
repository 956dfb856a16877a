// Every way out that is printed works by the model: 1,500 loads that do not fit, drawn by chance, and each way planned again.
import { Command } from "commander";
import { beforeAll, expect, it } from "vitest";
import { again, type Stuck, waysAfter, waysOut } from "../../src/app/fit/ways-out.js";
import { listCatalog } from "../../src/catalog/catalog.js";
import { addGlobalFlags, type GlobalFlags, tokens } from "../../src/cli/flags.js";
import { forcePlan } from "../../src/fit/force-plan.js";
import { outline } from "../../src/fit/outline.js";
import { type HostOverride, overrideHost } from "../../src/fit/override-host.js";
import { type LoadWishes, planLoad } from "../../src/fit/plan-load.js";
import type { Refused } from "../../src/fit/remedies.js";
import { guessWeights } from "../../src/fit/weights.js";
import type { Gpu, Host } from "../../src/model/types.js";
import { type Random, random } from "../support/random.js";

const GB = 1_000_000_000;
const SIZES = listCatalog().flatMap(({ sizes }) => sizes);

const STUCK: Stuck = { command: "oslm run x", wishes: {}, machine: {} };

function drawMachine(chance: Random): Host {
  const ramTotal = chance.size(2, 256) * GB;
  const vramTotal = chance.size(2, 80) * GB;
  const gpu: Gpu = { name: "RTX 3060", backend: "cuda", vramTotal, vramFree: vramTotal * (0.2 + 0.8 * chance.next()) };
  const gpus = chance.chance(0.5) ? [] : [gpu];
  return {
    ...{ ramTotal, ramAvailable: ramTotal * (0.2 + 0.8 * chance.next()), cores: 4, gpus },
    ...(chance.chance(0.2) && {
      ramLimit: {
        by: chance.one(["control group", "ulimit -v"]),
        ...{ bytes: ramTotal, without: ramTotal * chance.size(1, 8) },
      } as const,
    }),
  };
}

/** Flags of a machine that is smaller or larger, or has a GPU that is made up. */
function drawFlags(chance: Random, gpus: Host["gpus"]): HostOverride {
  const vram = chance.chance(0.2) ? chance.size(2, 80) * GB : undefined;
  const layers = vram !== undefined || gpus.length > 0 ? ([1, 8, 20, 999, "none"] as const) : (["none"] as const);
  return {
    ...(chance.chance(0.2) && { ram: Math.round(chance.size(2, 256) * GB) }),
    ...(vram !== undefined && { vram: Math.round(vram) }),
    ...(chance.chance(0.2) && { margin: chance.one([0, 0.1, 0.12345]) }),
    ...(chance.chance(0.2) && { gpu: chance.one(layers) }),
  };
}

interface Drawn extends Refused {
  readonly real: Host;
  readonly stuck: Stuck;
  readonly ways: readonly string[];
}

/** A load that does not fit; undefined where it does. */
function draw(seed: number): Drawn | undefined {
  const chance = random(seed);
  const size = chance.one(SIZES);
  const geometry = outline(size);
  const subject = { geometry, weights: guessWeights(geometry, (size.params * chance.size(2, 16)) / 8) };
  const real = drawMachine(chance);
  const machine = drawFlags(chance, real.gpus);
  const host = overrideHost(real, machine);
  const wishes: LoadWishes = {
    ...(chance.chance(0.5) && { ctx: chance.one([512, 4096, 32_768, 131_072]) }),
    ...(chance.chance(0.3) && { sequences: chance.one([1, 2, 8, 64]) }),
  };
  const plan = planLoad(subject, host, wishes);
  if (plan.fits) return undefined;
  const stuck = { command: "oslm run x", wishes, machine };
  const refused = { subject, host, wishes, plan };
  return { ...refused, real, stuck, ways: waysOut(stuck, refused) };
}

let drawn: readonly Drawn[];
beforeAll(() => {
  drawn = Array.from({ length: 8000 }, (_, seed) => draw(seed))
    .flatMap((one) => one ?? [])
    .slice(0, 1500);
});

/** The host and the wishes as the command's own parser gives them: what is not written there is lost. */
function asTyped(command: string, real: Host): { host: Host; wishes: LoadWishes } {
  const program = addGlobalFlags(new Command()).option("--ctx <tokens>", "", tokens).option("--force").exitOverride();
  program.option("--parallel <count>", "", Number);
  const typed = program.parse(command.split(" ").slice(3), { from: "user" });
  const { ctx, parallel } = typed.opts<{ ctx?: number; parallel?: number }>();
  const wishes = { ...(ctx && { ctx }), ...(parallel && { sequences: parallel }) };
  return { host: overrideHost(real, program.opts<GlobalFlags>()), wishes };
}

it("draws loads of all kinds", () => {
  expect(drawn).toHaveLength(1500);
  for (const part of [
    "--ctx",
    "--parallel ",
    "--gpu auto",
    "--force",
    "--margin",
    "--ram",
    "--vram",
    "close other programs",
    "raise the limit",
  ]) {
    const among = drawn.filter(({ ways }) => ways.some((way) => way.includes(part))).length;
    expect([part, among > 10]).toEqual([part, true]);
  }
});

it("what a command asks for fits", () => {
  for (const one of drawn) {
    for (const way of one.ways.filter((text) => text.startsWith("oslm") && !text.includes("--force"))) {
      const { host, wishes } = asTyped(way, one.real);
      expect([way, planLoad(one.subject, host, wishes).fits]).toEqual([way, true]);
    }
  }
});

it("so much memory more is enough, and hardly less is", () => {
  for (const { subject, host, wishes, plan, ways } of drawn) {
    const way = ways.find((text) => / (by|programs:) /.test(text)) ?? "";
    const more = Number(/(\d+) MB(?: more would do)?$/.exec(way)?.[1] ?? 0) * 1e6;
    if (way === "") continue;
    const { device } = plan.shortage;
    const gpu = host.gpus.find((_, index) => device === `gpu${index}`);
    const [free, most] =
      gpu === undefined ? [host.ramAvailable, host.ramLimit?.without ?? host.ramTotal] : [gpu.vramFree, gpu.vramTotal];
    expect([way, free + more <= most]).toEqual([way, true]);
    const given = (bytes: number): Host => {
      if (plan.shortage.device === "ram") return { ...host, ramAvailable: host.ramAvailable + bytes };
      return { ...host, gpus: host.gpus.map((gpu) => ({ ...gpu, vramFree: gpu.vramFree + bytes })) };
    };
    expect([way, planLoad(subject, given(more), wishes).fits]).toEqual([way, true]);
    if (host.gpus.length === 0) expect([way, planLoad(subject, given(more - 2e6), wishes).fits]).toEqual([way, false]);
  }
});

it("force comes last, and only where it may succeed", () => {
  for (const one of drawn) {
    const at = one.ways.findIndex((way) => way.endsWith(" --force"));
    if (at < 0) continue;
    expect(at).toBe(one.ways.length - 1);
    const { subject, host, wishes, plan } = one;
    const { estimate, useMmap } = forcePlan(subject, host, wishes, plan);
    // Mapping takes more where the file is repacked: only where nothing else is left.
    expect(useMmap && (plan.estimate.perDevice[0]?.bytes ?? 0) <= host.ramAvailable).toBe(false);
    const kept = useMmap ? estimate.total - subject.weights.total + subject.weights.copies.mapped : estimate.total;
    expect(kept).toBeLessThanOrEqual(host.ramAvailable);
  }
});

it("after the memory ran out, a shorter context and no GPU are named where they fit now", () => {
  let named = 0;
  for (const { subject, real, host, stuck } of drawn) {
    const before = {
      ...host,
      ramAvailable: host.ramTotal,
      gpus: host.gpus.map((gpu) => ({ ...gpu, vramFree: gpu.vramTotal })),
    };
    const plan = planLoad(subject, before);
    if (!plan.fits) continue;
    for (const way of waysAfter({ ...stuck, wishes: {} }, { subject, host, wishes: {}, plan })) {
      if (!way.startsWith("oslm")) continue;
      named++;
      const typed = asTyped(way, real);
      expect([way, planLoad(subject, typed.host, typed.wishes).fits]).toEqual([way, true]);
    }
  }
  expect(named).toBeGreaterThan(20);
});

it("after the memory ran out with a context of 1,024, no shorter one is named, which would hardly save anything", () => {
  const [{ subject, stuck }] = drawn as [(typeof drawn)[0]];
  const roomy: Host = { ramTotal: 1000 * GB, ramAvailable: 1000 * GB, cores: 4, gpus: [] };
  const named = [512, 1024, 2048].map((ctx) => {
    const plan = planLoad(subject, roomy, { ctx });
    if (!plan.fits) throw new Error("does not fit");
    const ways = waysAfter({ ...stuck, wishes: { ctx } }, { subject, host: roomy, wishes: { ctx }, plan });
    return /--ctx (\d+)/.exec(ways[0] ?? "")?.[1];
  });
  expect(named).toEqual([undefined, undefined, "1024"]);
});

it("below a limit that is too small for the program alone, what it lacks is counted", async () => {
  const { subject, host, wishes } = drawn.find(({ host: { gpus } }) => gpus.length === 0) ?? raise();
  const none: Host = { ...host, ramAvailable: 0 };
  const by = (lacking?: number): number => {
    const limited: Host = {
      ...none,
      ramLimit: { by: "ulimit -v", bytes: 8e8, without: 1e15, ...(lacking && { lacking }) },
    };
    const plan = planLoad(subject, limited, wishes);
    if (plan.fits) return raise();
    const ways = waysOut(STUCK, { subject, host: limited, wishes, plan });
    return Number(/raise the limit of 800 MB \(ulimit -v\) by (\d+) MB/.exec(ways.join())?.[1]);
  };
  expect(by(345e6)).toBe(by() + 345);
});

it("after the memory ran out below a limit, that limit is named: closing other programs would not help", () => {
  for (const limit of ["ulimit -v", "control group"] as const) {
    const { subject, host } = drawn.find(({ host: { gpus } }) => gpus.length === 0) ?? raise();
    const plan = planLoad(subject, { ...host, ramAvailable: 1e15 }, { ctx: 512 });
    if (!plan.fits) return raise();
    const limited: Host = { ...host, ramLimit: { by: limit, bytes: 8e8, without: 1e15 } };
    const after = waysAfter(STUCK, { subject, host: limited, wishes: {}, plan });
    expect(after).toContain(`raise the limit of 800 MB (${limit})`);
    expect(after.join()).not.toContain("close other programs");
  }
});

function raise(): never {
  throw new Error("not drawn");
}

it("a command keeps what was asked for", () => {
  const stuck = {
    command: 'oslm run "my model.gguf"',
    quant: "Q8_0",
    wishes: { ctx: 4096 },
    machine: { margin: 0.125 },
  };
  expect(again(stuck, {})).toBe('oslm run "my model.gguf" --quant q8_0 --ctx 4096 --margin 12.5');
  expect(again(stuck, { quant: null, ctx: 512, force: true })).toBe(
    'oslm run "my model.gguf" --ctx 512 --margin 12.5 --force',
  );
  const several = { command: "oslm batch x", wishes: { ctx: 4096, sequences: 16 }, machine: {} };
  expect(again(several, {})).toBe("oslm batch x --ctx 4096 --parallel 16");
  expect(again(several, { ctx: 512, parallel: 8 })).toBe("oslm batch x --ctx 512 --parallel 8");
  const machine = { ram: 6.4 * GB, vram: 0, gpu: 8, bandwidth: 9.3 * GB };
  expect(again({ command: "x", wishes: {}, machine }, {})).toBe("x --ram 6400MB --vram 0 --bandwidth 9.3 --gpu 8");
  expect(again({ command: "x", wishes: {}, machine: { ram: 2 ** 33, gpu: 8 } }, { gpu: "auto" })).toBe(
    "x --ram 8589934592 --gpu auto",
  );
});
