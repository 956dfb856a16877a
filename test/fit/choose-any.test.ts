// What must hold of every choice: 5,000 drawn pairs of a repository and a machine.
import { beforeAll, describe, expect, it } from "vitest";
import { type Choice, type Chosen, chooseVariant } from "../../src/fit/choose.js";
import { estimate } from "../../src/fit/memory.js";
import { planLoad } from "../../src/fit/plan-load.js";
import { qualityOf } from "../../src/fit/quality.js";
import { CACHE_LOSS } from "../../src/fit/quantization-loss.js";
import { READING_SPEED } from "../../src/fit/speed.js";
import { type Candidate, type Fitting, isFitting, type Weighed } from "../../src/fit/weigh.js";
import { guessWeights, parameterCount } from "../../src/fit/weights.js";
import type { Estimate, Host } from "../../src/model/types.js";
import { breaches, drawPairs, type Pair } from "./drawn-pairs.js";

const PAIRS = 5000;

let pairs: readonly Pair[];
let chosen: readonly (Pair & { readonly choice: Chosen })[];
beforeAll(() => {
  pairs = drawPairs(PAIRS);
  chosen = pairs.filter((pair): pair is Pair & { choice: Chosen } => pair.choice.kind === "chosen");
});

// What the rules say, told once more: mistakes of the choice's own tests of it would not be seen.
const isDecent = ({ quality }: Fitting) => quality.loss <= 0.07194;
const isAmple = ({ quant, quality }: Fitting) => quality.bits > (quant === "unknown" ? 12 : 9);
const lossOf = ({ quality, plan }: Fitting) => quality.loss + { f16: 0, q8_0: 0.0008, q4_0: 0.008 }[plan.kvType];

function isHeld({ perDevice, total: all }: Estimate, { ramAvailable, gpus, margin = 0.05 }: Host): boolean {
  const shared = gpus.some(({ backend }) => backend === "metal");
  return perDevice.every(({ device, bytes }, index) => {
    if (device === "ram") return (shared ? all : bytes) <= ramAvailable * (1 - margin);
    return bytes <= (gpus[index - 1]?.vramFree ?? 0) * (1 - margin);
  });
}

const wished = (prefer: string) => chosen.filter(({ wishes }) => wishes.prefer === prefer);
const others = (choice: Chosen): Fitting[] => choice.rejected.filter(isFitting);
/** The pick as it was weighed. */
function pickOf({ candidates, choice }: { candidates: readonly Candidate[]; choice: Chosen }): Fitting {
  const { variant, subject, quant, plan, estimate: need } = choice;
  const geometry = candidates[0]?.geometry;
  if (geometry === undefined) throw new Error("no candidates");
  const quality = qualityOf({
    quant,
    fileBits: (variant.size * 8) / parameterCount(geometry),
    architecture: geometry.architecture,
  });
  return { variant, subject, quant, quality, plan, estimate: need, fits: true, reason: "" };
}
const total = (pair: { candidates: readonly Candidate[]; choice: Chosen }) => lossOf(pickOf(pair));

it("draws pairs of all kinds", () => {
  expect(chosen.length).toBeGreaterThan(PAIRS / 2);
  expect(pairs.length - chosen.length).toBeGreaterThan(PAIRS / 20);
  for (const prefer of ["balanced", "quality", "speed", "context"]) expect(wished(prefer).length).toBeGreaterThan(400);
  expect(chosen.filter(({ choice }) => choice.gpuLayers > 0).length).toBeGreaterThan(500);
  expect(chosen.filter(({ choice }) => choice.kvType === "q8_0").length).toBeGreaterThan(50);
  expect(new Set(chosen.map(({ choice }) => choice.quant)).size).toBeGreaterThan(20);
});

describe("the choice", () => {
  it("fits by the memory model, with the asked context or more", () => {
    const holds = ({ candidates, host, wishes, choice }: (typeof chosen)[number]) => {
      const { plan, variant, ctx } = choice;
      const [{ geometry }] = candidates as [Candidate];
      const { gpuLayers, kvType, batch } = plan;
      const settings = {
        weights: guessWeights(geometry, variant.size),
        ctx,
        kvType,
        gpuLayers,
        batch,
        gpus: host.gpus,
      };
      const least = wishes.ctx ?? Math.min(8192, geometry.ctxTrain);
      const asked = wishes.prefer === "context" ? ctx >= least : ctx === least;
      return asked && isHeld(estimate(geometry, settings), host);
    };
    expect(breaches(chosen, holds)).toEqual([]);
  });

  it("is made whenever something fits", () => {
    const none = pairs.filter(({ choice }) => choice.kind !== "chosen");
    const holds = ({ choice }: Pair) => choice.kind === "nothing-fits" && !choice.rejected.some(isFitting);
    expect(breaches(none, holds)).toEqual([]);
  });

  it("is never dominated: nothing that fits is better and as fast, or faster and as good, with as much context", () => {
    const dominates = (one: Fitting, pick: Fitting) => {
      const better = lossOf(pick) - lossOf(one);
      const faster = one.plan.expectedTokensPerSecond - pick.plan.expectedTokensPerSecond;
      const smaller = pick.variant.size - one.variant.size;
      const longer = one.plan.ctx - pick.plan.ctx;
      const all = [better, faster, smaller, longer];
      return all.every((gain) => gain >= 0) && better + smaller > 0;
    };
    expect(breaches(chosen, (pair) => !others(pair.choice).some((one) => dominates(one, pickOf(pair))))).toEqual([]);
  });

  it("is what was preferred", () => {
    const best = (pair: (typeof chosen)[number], of: readonly Fitting[]) =>
      of.every((one) => lossOf(one) >= total(pair));
    expect(breaches(wished("quality"), (pair) => best(pair, others(pair.choice)))).toEqual([]);
    const smallest = (pair: (typeof chosen)[number]) =>
      !isDecent(pickOf(pair)) ||
      others(pair.choice).every((one) => !isDecent(one) || one.variant.size >= pair.choice.variant.size);
    expect(breaches(wished("speed"), smallest)).toEqual([]);
    const longest = (pair: (typeof chosen)[number]) =>
      others(pair.choice).every((one) => !isDecent(one) || one.plan.ctx <= pair.choice.ctx);
    expect(breaches(wished("context"), longest)).toEqual([]);
    const further = ({ candidates, host, choice, wishes }: (typeof chosen)[number]) => {
      const [{ geometry }] = candidates as [Candidate];
      const ctx = Math.floor(choice.ctx / 1024) * 1024 + 1024;
      const subject = { geometry, weights: guessWeights(geometry, choice.variant.size) };
      return ctx > geometry.ctxTrain || !planLoad(subject, host, { ...wishes, ctx }).fits;
    };
    expect(breaches(wished("context"), further)).toEqual([]);
    const balanced = (pair: (typeof chosen)[number]) => {
      const fast = others(pair.choice).filter(
        (one) => isDecent(one) && !isAmple(one) && one.plan.expectedTokensPerSecond >= READING_SPEED,
      );
      return best(pair, fast) || (fast.length === 0 && pair.choice.expectedTokensPerSecond < READING_SPEED);
    };
    expect(breaches(wished("balanced"), balanced)).toEqual([]);
  });

  it("is below Q4 quality only when nothing else fits, and says so", () => {
    const holds = (pair: (typeof chosen)[number]) =>
      isDecent(pickOf(pair)) ||
      pair.wishes.prefer === "quality" ||
      pair.choice.reasons[0]?.includes("noticeably worse") === true;
    expect(breaches(chosen, holds)).toEqual([]);
    const needless = (pair: (typeof chosen)[number]) => isDecent(pickOf(pair)) || !others(pair.choice).some(isDecent);
    expect(breaches(chosen, needless)).toEqual([]);
  });

  it("grows with memory", () => {
    const more = ({ host, ...pair }: (typeof chosen)[number]) => {
      const larger = { ...host, ramTotal: host.ramTotal * 1.4, ramAvailable: host.ramAvailable * 1.4 };
      const gpus = host.gpus.map((gpu) => ({ ...gpu, vramTotal: gpu.vramTotal * 1.4, vramFree: gpu.vramFree * 1.4 }));
      return { ...pair, choice: chooseVariant(pair.candidates, { ...larger, gpus }, pair.wishes) };
    };
    const holds = (pair: (typeof chosen)[number]) => {
      const { choice, candidates } = more(pair);
      if (choice.kind !== "chosen") return false;
      if (pair.wishes.prefer === "context") return choice.ctx >= pair.choice.ctx || !isDecent(pickOf(pair));
      if (pair.wishes.prefer === "speed") return isDecent(pickOf({ choice, candidates })) || !isDecent(pickOf(pair));
      // What reads faster than before may lose a little for it, as the preference says.
      const reaches = ({ expectedTokensPerSecond }: Chosen) => expectedTokensPerSecond >= READING_SPEED;
      const gains = pair.wishes.prefer === "balanced" && reaches(choice) && !reaches(pair.choice);
      const keeps =
        pair.wishes.prefer !== "balanced" || reaches(choice) || !reaches(pair.choice) || !isDecent(pickOf(pair));
      return keeps && (gains || total({ choice, candidates }) <= total(pair));
    };
    expect(breaches(chosen.slice(0, 1000), holds)).toEqual([]);
  });

  it("is the same for the same input, in whatever order it is listed", () => {
    const key = (choice: Choice) =>
      choice.kind === "chosen"
        ? [choice.variant.files, choice.ctx, choice.kvType, choice.gpuLayers, choice.reasons]
        : choice.kind;
    const holds = ({ candidates, host, wishes, choice }: Pair) =>
      JSON.stringify(key(chooseVariant([...candidates].reverse(), host, wishes))) === JSON.stringify(key(choice));
    expect(breaches(pairs.slice(0, 1000), holds)).toEqual([]);
  });
});

describe("the reasons", () => {
  it("say of each other one why not", () => {
    const says = (one: Weighed, pair: Pair) =>
      one.fits ? one.reason !== "" : /^needs .* of (RAM|VRAM)/.test(one.reason) || pair.host.gpus.length > 0;
    const holds = (pair: Pair) =>
      pair.choice.kind === "no-such-quant" || pair.choice.rejected.every((one) => says(one, pair));
    expect(breaches(pairs, holds)).toEqual([]);
  });
});

it("counts what the cache loses", () => {
  expect(chosen.some(({ choice }) => CACHE_LOSS[choice.kvType] > 0)).toBe(true);
});
