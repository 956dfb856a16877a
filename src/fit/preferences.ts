// Which of the quantizations that fit to take.
import { DECENT_LOSS, qualityOf } from "./quality.js";
import { sayVariant } from "./say.js";
import { READING_SPEED } from "./speed.js";
import { type Fitting, lossOf } from "./weigh.js";

export type Preference = "balanced" | "quality" | "speed" | "context";

export interface Picked {
  readonly pick: Fitting;
  readonly reasons: readonly string[];
}

/** Q8_0 has 8.5: above it nothing is gained that people notice, at twice the size. */
const AMPLE_BITS = 9;
/** The bits of a file whose type is not known are uncertain; F16 has 16. */
const AMPLE_FILE_BITS = 12;
/** What is taken when nothing reaches reading speed. */
const FALLBACK = qualityOf({ quant: "Q4_K_M", fileBits: 0 }).loss;

/** The choice among what fits, which is at least one. The same candidates in another order give the same choice. */
export function prefer(preference: Preference, fitting: readonly Fitting[]): Picked {
  return PREFERENCES[preference](fitting);
}

const PREFERENCES: Readonly<Record<Preference, (fitting: readonly Fitting[]) => Picked>> = {
  quality: (fitting) =>
    fitting.some(isDecent)
      ? best(fitting, ({ variant }) => `${sayVariant(variant)}: the best quality that fits`)
      : belowDecent(fitting),
  speed: (fitting) => {
    const decent = fitting.filter(isDecent);
    if (decent.length === 0) return belowDecent(fitting);
    const pick = least(decent, ({ variant }) => variant.size, lossOf);
    return { pick, reasons: [`${sayVariant(pick.variant)}: the smallest of at least Q4 quality that fits`] };
  },
  balanced: (fitting) => {
    const ordinary = fitting.filter((one) => isDecent(one) && !isAmple(one));
    if (ordinary.length > 0) return balance(ordinary);
    // A repository may hold F16 only: then that is what there is.
    const ample = fitting.filter(isAmple);
    if (ample.length === 0) return belowDecent(fitting);
    const pick = least(ample, ({ variant }) => variant.size, lossOf);
    return { pick, reasons: [`${sayVariant(pick.variant)}: nothing from Q4 to Q8_0 is offered, or fits`] };
  },
  context: (fitting) => {
    const decent = fitting.filter(isDecent);
    if (decent.length === 0) return belowDecent(fitting);
    const ctx = Math.max(...decent.map(({ plan }) => plan.ctx));
    const { pick } = PREFERENCES.balanced(decent.filter(({ plan }) => plan.ctx === ctx));
    const name = sayVariant(pick.variant);
    return { pick, reasons: [`${name}: reaches the longest context at Q4 quality or better, ${ctx} tokens`] };
  },
};

/** The least loss; of equals the smallest. */
export function best(fitting: readonly Fitting[], reason: (pick: Fitting) => string): Picked {
  const pick = least(fitting, lossOf, ({ variant }) => variant.size);
  return { pick, reasons: [reason(pick)] };
}

export function isDecent({ quality }: Pick<Fitting, "quality">): boolean {
  return quality.loss <= DECENT_LOSS;
}

export function isAmple({ quant, quality }: Fitting): boolean {
  return quality.bits > (quant === "unknown" ? AMPLE_FILE_BITS : AMPLE_BITS);
}

function balance(ordinary: readonly Fitting[]): Picked {
  const fast = ordinary.filter(({ plan }) => plan.expectedTokensPerSecond >= READING_SPEED);
  if (fast.length > 0) {
    return best(
      fast,
      (pick) =>
        `${counted(pick)}: the best quality up to Q8_0 that fits and is expected to reach ${READING_SPEED} tokens/s`,
    );
  }
  // Larger and worse than another is no choice (Q5_1 beside Q5_K_S), even when it is nearer to Q4_K_M.
  const sensible = ordinary.filter((one) => !ordinary.some((other) => isBetter(other, one)));
  const pick = least(sensible, ({ quality }) => Math.abs(Math.log(Math.max(quality.loss, 1e-6) / FALLBACK)), lossOf);
  const speed = pick.plan.expectedTokensPerSecond;
  const name = sayVariant(pick.variant);
  return {
    pick,
    reasons: [
      `${name}: nothing from Q4 to Q8_0 that fits reaches ${READING_SPEED} tokens/s here (this one about ${speed})`,
    ],
  };
}

/** A file without a label may have more bits than Q8_0 and still be taken for it. */
function counted({ variant, quality }: Fitting): string {
  return `${sayVariant(variant)}${quality.bits > AMPLE_BITS ? " (counted as Q8_0)" : ""}`;
}

/** At least as good and as small, and more so in one. */
export function isBetter(one: Fitting, other: Fitting): boolean {
  const loss = lossOf(one) - lossOf(other);
  const size = one.variant.size - other.variant.size;
  return loss <= 0 && size <= 0 && (loss < 0 || size < 0);
}

function belowDecent(fitting: readonly Fitting[]): Picked {
  return best(
    fitting,
    ({ variant }) => `${sayVariant(variant)}: nothing of Q4 quality or better fits; expect noticeably worse answers`,
  );
}

/** By the first value, then the second, then the name of the file: no two have the same. */
function least(pool: readonly Fitting[], ...values: readonly ((one: Fitting) => number)[]): Fitting {
  const compare = (a: Fitting, b: Fitting): number => {
    for (const value of values) if (value(a) !== value(b)) return value(a) - value(b);
    return a.variant.files[0].path < b.variant.files[0].path ? -1 : 1;
  };
  const [pick] = [...pool].sort(compare);
  if (pick === undefined) throw new RangeError("nothing to choose from");
  return pick;
}
