// Every sentence that a choice says must be true: of drawn pairs each is taken apart and held against what was weighed. A sentence
// that no rule here knows is a breach as well.
import { beforeAll, describe, expect, it } from "vitest";
import { type ChoiceWishes, chooseVariant } from "../../src/fit/choose.js";
import { planLoad } from "../../src/fit/plan-load.js";
import { qualityOf } from "../../src/fit/quality.js";
import { type Fitting, isFitting, type Weighed } from "../../src/fit/weigh.js";
import { guessWeights, parameterCount } from "../../src/fit/weights.js";
import type { Geometry } from "../../src/gguf/geometry.js";
import type { Host } from "../../src/model/types.js";
import { drawPairs, type Pair } from "./drawn-pairs.js";

const READABLE = 10;
const LOSSLESS = new Set(["F16", "BF16", "F32", "Q6_K"]);

const decent = ({ quality }: Fitting) => quality.loss <= 0.07194;
const ample = ({ quant, quality }: Fitting) => quality.bits > (quant === "unknown" ? 12 : 9);
const ordinary = (one: Fitting) => decent(one) && !ample(one);
const lossOf = ({ quality, plan }: Fitting) => quality.loss + { f16: 0, q8_0: 0.0008, q4_0: 0.008 }[plan.kvType];
const speedOf = ({ plan }: Fitting) => plan.expectedTokensPerSecond;
const nameOf = ({ quant, variant }: Weighed) => (quant === "unknown" ? variant.files[0].path : quant);

interface Facts {
  readonly geometry: Geometry;
  readonly host: Host;
  readonly wishes: ChoiceWishes;
  /** All that fit, the pick among them. */
  readonly fitting: readonly Fitting[];
  readonly pick: Fitting;
}

/** What follows the name of the pick; the parts in brackets are given to the rule. */
const OF_PICK: readonly Rule<Facts>[] = [
  [/^: the best quality that fits$/, ({ fitting, pick }) => fitting.every((one) => lossOf(one) >= lossOf(pick))],
  [
    /^: the smallest of at least Q4 quality that fits$/,
    ({ fitting, pick }) =>
      decent(pick) && fitting.every((one) => !decent(one) || one.variant.size >= pick.variant.size),
  ],
  [/^: nothing from Q4 to Q8_0 is offered, or fits$/, ({ fitting }) => !fitting.some(ordinary)],
  [
    /^( \(counted as Q8_0\))?: the best quality up to Q8_0 that fits and is expected to reach 10 tokens\/s$/,
    ({ fitting, pick }, counted) => {
      const fast = fitting.filter((one) => ordinary(one) && speedOf(one) >= READABLE);
      const named = pick.quality.bits > 9 === (counted !== undefined);
      return named && fast.includes(pick) && fast.every((one) => lossOf(one) >= lossOf(pick));
    },
  ],
  [
    /^: nothing from Q4 to Q8_0 that fits reaches 10 tokens\/s here \(this one about ([\d.]+)\)$/,
    ({ fitting, pick }, speed) =>
      Number(speed) === speedOf(pick) && !fitting.some((one) => ordinary(one) && speedOf(one) >= READABLE),
  ],
  [
    /^: nothing of Q4 quality or better fits; expect noticeably worse answers$/,
    ({ fitting, pick }) => !fitting.some(decent) && fitting.every((one) => lossOf(one) >= lossOf(pick)),
  ],
  [/^, as asked$/, ({ wishes, pick }) => wishes.quant === pick.quant],
  [
    /^: reaches the longest context at Q4 quality or better, (\d+) tokens$/,
    ({ fitting, pick }, ctx) =>
      Number(ctx) === pick.plan.ctx && fitting.every((one) => !decent(one) || one.plan.ctx <= pick.plan.ctx),
  ],
];

const OF_PLAN: readonly Rule<Facts>[] = [
  [
    /^context (\d+): the default$/,
    ({ wishes, pick, geometry }, ctx) =>
      wishes.ctx === undefined && Number(ctx) === pick.plan.ctx && pick.plan.ctx === Math.min(8192, geometry.ctxTrain),
  ],
  [
    /^context (\d+): all this model was trained for$/,
    ({ wishes, pick, geometry }, ctx) =>
      wishes.ctx === undefined && Number(ctx) === pick.plan.ctx && pick.plan.ctx === geometry.ctxTrain,
  ],
  [
    /^all (\d+) layers on the (GPUs?)$/,
    ({ pick, geometry, host }, all, gpus) =>
      Number(all) === geometry.blocks + 1 &&
      pick.plan.gpuLayers === Number(all) &&
      host.gpus.length > 1 === (gpus === "GPUs"),
  ],
  [
    /^(\d+) of (\d+) layers on the (GPUs?)$/,
    ({ pick, geometry, host }, some, all, gpus) =>
      Number(all) === geometry.blocks + 1 &&
      pick.plan.gpuLayers === Number(some) &&
      Number(some) < Number(all) &&
      host.gpus.length > 1 === (gpus === "GPUs"),
  ],
  [
    /^KV cache in q8_0: in f16 it does not fit$/,
    ({ geometry, host, wishes, pick }) => {
      const subject = { geometry, weights: guessWeights(geometry, pick.variant.size, { ...host, quant: pick.quant }) };
      return (
        pick.plan.kvType === "q8_0" && !planLoad(subject, host, { ...wishes, ctx: pick.plan.ctx, kvType: "f16" }).fits
      );
    },
  ],
  [
    /^needs (.+); (.+) RAM available, ([\d.]+) % of it kept free$/,
    ({ pick, host }, needs = "", available = "", kept) => {
      const { perDevice } = pick.estimate;
      const parts = needs.split(" and ");
      const all = perDevice.every(({ device, bytes }, at) => {
        const [size = "", place] = (parts[at] ?? "").split(" of ");
        return place === (device === "ram" ? "RAM" : `VRAM (${device})`) && isAbout(size, bytes);
      });
      const margin = Math.abs(Number(kept) / 100 - (host.margin ?? 0.05)) < 0.001;
      return all && parts.length === perDevice.length && isAbout(available, host.ramAvailable) && margin;
    },
  ],
  [
    /^the file is mapped, not copied: the load nearly fills the RAM; resident up to (.+), pages of the file included, which the system may take back$/,
    ({ pick, host }, peak = "") =>
      pick.plan.useMmap &&
      isAbout(peak, pick.plan.peak) &&
      (pick.estimate.perDevice[0]?.bytes ?? 0) > host.ramAvailable * (1 - (host.margin ?? 0.05)) * 0.9 - 1,
  ],
  [
    /^speeds assume memory of ([\d.]+) GB\/s: it was not measured$/,
    ({ host }, speed) => host.bandwidth === undefined && Number(speed) === Math.min(40, 9 * host.cores),
  ],
];

/** Of one that fits and was not taken; the pick's name stands for itself. */
const WHY_NOT: readonly Rule<Facts & { one: Fitting }>[] = [
  [/^below Q4 quality$/, ({ one, pick }) => !decent(one) && decent(pick)],
  [
    /^above Q8_0, taken only when asked for$/,
    ({ one, pick, wishes }) =>
      one.quality.bits > 9 && ordinary(pick) && wishes.quant === undefined && wishes.prefer !== "quality",
  ],
  [
    /^reaches a context of (\d+) only$/,
    ({ one, pick }, ctx) => one.plan.ctx === Number(ctx) && Number(ctx) < pick.plan.ctx,
  ],
  [
    /^about ([\d.]+) tokens\/s, below reading speed$/,
    ({ one, pick }, speed) => speedOf(one) === Number(speed) && Number(speed) < READABLE && lossOf(one) < lossOf(pick),
  ],
  [/^larger than PICK$/, ({ one, pick }) => one.variant.size > pick.variant.size && lossOf(one) < lossOf(pick)],
  [/^lower quality than PICK$/, ({ one, pick }) => one.quality.loss > pick.quality.loss && lossOf(one) > lossOf(pick)],
  [
    /^with its KV cache in q8_0 lower quality than PICK$/,
    ({ one, pick }) =>
      one.plan.kvType === "q8_0" && one.quality.loss <= pick.quality.loss && lossOf(one) > lossOf(pick),
  ],
  [
    /^no better than PICK, and larger$/,
    ({ one, pick }) => lossOf(one) === lossOf(pick) && one.variant.size > pick.variant.size,
  ],
  [
    /^as good and as large as PICK$/,
    ({ one, pick }) => lossOf(one) === lossOf(pick) && one.variant.size === pick.variant.size,
  ],
];

type Rule<Given> = readonly [sentence: RegExp, holds: (given: Given, ...parts: string[]) => boolean];

function isTrue<Given>(text: string, given: Given, rules: readonly Rule<Given>[]): boolean {
  return rules.some(([sentence, holds]) => {
    const match = sentence.exec(text);
    return match !== null && holds(given, ...match.slice(1));
  });
}

/** Of a size as people read it: rounded to what is shown. */
function bytesOf(text: string): number {
  const [value, unit] = text.split(" ");
  return Number(value) * (unit === "GB" ? 1e9 : 1e6);
}
const isAbout = (text: string, bytes: number) =>
  Math.abs(bytesOf(text) - bytes) <= (text.endsWith("GB") ? 0.051e9 : 1e6);

const tooLarge = ({ reason, plan }: Weighed): boolean => {
  const parts = /^needs (.+?) of (RAM|VRAM \(\w+\))(?: beside (.+))? at a context of (\d+), usable are (.+)$/.exec(
    reason,
  );
  if (parts === null || plan.fits) return false;
  const [, need = "", place, beside, ctx, have = ""] = parts;
  const { shortage } = plan;
  const onGpus = (beside ?? "").split(" and ").every((part, at) => {
    const [size = "", where] = part.split(" of ");
    const { device, bytes } = plan.estimate.perDevice[at + 1] ?? { device: "", bytes: 0 };
    return part === "" || (where === `VRAM (${device})` && isAbout(size, bytes));
  });
  return (
    onGpus &&
    place === (shortage.device === "ram" ? "RAM" : `VRAM (${shortage.device})`) &&
    Number(ctx) === plan.estimate.ctx &&
    isAbout(need, shortage.need) &&
    isAbout(have, shortage.have) &&
    bytesOf(need) > bytesOf(have)
  );
};

/** Every sentence of a choice that is not true. */
function lies({ candidates, host, wishes, choice }: Pair): string[] {
  if (choice.kind === "no-such-quant") return [];
  const misfits = choice.rejected.filter((one) => !one.fits && !tooLarge(one)).map(({ reason }) => reason);
  const geometry = candidates[0]?.geometry;
  if (choice.kind === "nothing-fits" || geometry === undefined) return misfits;
  const { variant, subject, quant, plan, estimate, reasons } = choice;
  const quality = qualityOf({
    quant,
    fileBits: (variant.size * 8) / parameterCount(geometry),
    architecture: geometry.architecture,
  });
  const pick: Fitting = { variant, subject, quant, quality, plan, estimate, fits: true, reason: "" };
  const others = choice.rejected.filter(isFitting);
  const facts = { geometry, host, wishes, fitting: [...others, pick], pick };
  const [first = "", ...further] = reasons;
  const called = first.startsWith(nameOf(pick)) && isTrue(first.slice(nameOf(pick).length), facts, OF_PICK);
  // The name may hold signs that mean something in a pattern.
  const bare = (text: string) =>
    text.replace(`than ${nameOf(pick)}`, "than PICK").replace(`as ${nameOf(pick)}`, "as PICK");
  return [
    ...misfits,
    ...(called ? [] : [first]),
    ...further.filter((text) => !isTrue(text, facts, OF_PLAN)),
    ...others.filter((one) => !isTrue(bare(one.reason), { ...facts, one }, WHY_NOT)).map(({ reason }) => reason),
  ];
}

const again = (pair: Pair, change: Partial<Pair>): Pair => {
  const { what, candidates, host, wishes } = { ...pair, ...change };
  return { what, candidates, host, wishes, choice: chooseVariant(candidates, host, wishes) };
};

let pairs: readonly Pair[];
beforeAll(() => {
  pairs = drawPairs(1000);
});
const told = (some: readonly Pair[]) =>
  some.flatMap((pair) => lies(pair).map((text) => `${pair.what} ${JSON.stringify(pair.wishes)}: ${text}`)).slice(0, 20);
const sentences = ({ choice }: Pair): readonly string[] =>
  choice.kind === "no-such-quant"
    ? []
    : [...(choice.kind === "chosen" ? choice.reasons : []), ...choice.rejected.map(({ reason }) => reason)];

describe("every sentence is true", () => {
  it("of drawn pairs", () => {
    expect(told(pairs)).toEqual([]);
    // None of the rules is there for nothing.
    const all = pairs.flatMap(sentences).join("\n");
    const parts = ["no better than", "as good and as large", "all this model", "assume memory"];
    expect(parts.filter((part) => !all.includes(part))).toEqual([]);
  });

  it("of a quantization that was asked for", () => {
    const asked = pairs.slice(0, 500).map((pair) => {
      const quant = pair.candidates.at(-1)?.variant.quant ?? "";
      return again(pair, { wishes: { ...pair.wishes, quant } });
    });
    expect(told(asked)).toEqual([]);
    expect(asked.flatMap(sentences).some((text) => text.endsWith(", as asked"))).toBe(true);
  });

  it("where little but lossless files is offered", () => {
    const few = pairs.flatMap((pair) => {
      const candidates = pair.candidates.filter(({ variant }) => LOSSLESS.has(variant.quant));
      return candidates.length > 0 ? [again(pair, { candidates })] : [];
    });
    expect(told(few)).toEqual([]);
    expect(few.flatMap(sentences).some((text) => text.includes("nothing from Q4 to Q8_0 is offered"))).toBe(true);
  });

  it("where something misses by a few bytes", () => {
    const close = pairs.flatMap((pair) => {
      const { choice, host } = pair;
      if (choice.kind !== "chosen" || host.gpus.length > 0) return [];
      const ram = Math.floor(choice.estimate.total / (1 - (host.margin ?? 0.05))) - 1000;
      return [again(pair, { host: { ...host, ramTotal: ram, ramAvailable: ram } })];
    });
    expect(close.length).toBeGreaterThan(100);
    expect(told(close)).toEqual([]);
  });
});
