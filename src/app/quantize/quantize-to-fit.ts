// Which type to quantize to, so that the result fits this machine: by the rules that choose what is pulled.
import { type ChoiceWishes, chooseVariant } from "../../fit/choose.js";
import type { Preference } from "../../fit/preferences.js";
import { asksForSpeed } from "../../fit/speed.js";
import { weightsOf } from "../../fit/weights.js";
import type { Tokens } from "../../model/types.js";
import { FILE_TYPES, type FileType } from "../../quantize/file-types.js";
import type { QuantizePlan } from "../../quantize/plan.js";
import { doesNotFit } from "../fit/does-not-fit.js";
import type { World } from "../world.js";
import type { QuantizeSource } from "./quantize-source.js";

export interface FitWish {
  readonly prefer?: Preference;
  readonly ctx?: Tokens;
}

export interface Fitted {
  readonly type: FileType;
  readonly plan: QuantizePlan;
  readonly reasons: readonly string[];
}

/** Made for models that were trained in them, or outdone by others of their size. */
const UNUSUAL = /^(F32|TQ[12]_0|MXFP4|Q[12]_0|Q[45]_[01]|IQ4_NL|IQ3_S|Q3_K_S)$/;

/** Of all types the size is known exactly, before a byte is written. @throws OslmError does-not-fit, and what `plansOf` throws */
export async function toFit(
  world: World,
  how: {
    readonly source: QuantizeSource;
    readonly wish: FitWish;
    readonly imatrix: boolean;
    readonly plansOf: (types: readonly FileType[]) => Promise<readonly QuantizePlan[]>;
  },
): Promise<Fitted> {
  const { source, wish, imatrix, plansOf } = how;
  const { geometry } = source.subject;
  const types = FILE_TYPES.filter(({ label, needsImatrix }) => !UNUSUAL.test(label) && (imatrix || !needsImatrix));
  const plans = await plansOf(types);
  const made = types.flatMap((type, at) => {
    const plan = plans[at];
    return plan === undefined ? [] : [{ type, plan }];
  });
  // More bits than there are would only take room.
  const sensible = made.filter(({ plan }) => plan.result.fileSize <= source.size * 1.001);
  const host = await world.host({
    measured: asksForSpeed(Math.max(...sensible.map(({ plan }) => plan.result.fileSize))),
  });
  const candidates = sensible.map(({ type: { label }, plan: { result } }) => ({
    variant: {
      quant: label,
      size: result.fileSize,
      files: [{ path: `${label}.gguf`, size: result.fileSize, gitOid: "" }] as const,
    },
    geometry,
    weights: weightsOf([result], geometry, host.processor ?? "x64"),
  }));
  const wishes: ChoiceWishes = { ...(wish.prefer && { prefer: wish.prefer }), ...(wish.ctx && { ctx: wish.ctx }) };
  const choice = chooseVariant(candidates, host, wishes);
  if (choice.kind === "chosen") {
    const pick = sensible.find(({ type }) => type.label === choice.quant);
    if (pick !== undefined) return { ...pick, reasons: choice.reasons };
  }
  if (choice.kind !== "nothing-fits" || choice.smallest.plan.fits) throw new RangeError("no type to choose from");
  const { quant, plan } = choice.smallest;
  throw doesNotFit(
    { ref: source.model.ref, quant },
    plan,
    choice.instead === null ? [] : [`--ctx ${choice.instead.ctx}`],
  );
}
