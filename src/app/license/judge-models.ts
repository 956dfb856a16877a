// Several models judged one after the other: one that cannot be looked up does not keep the others from it.
import { type ErrorCode, isOslmError, type OslmError } from "../../errors.js";
import { parseRef } from "../../model/ref.js";
import type { World } from "../world.js";
import { type ExplainedLicense, explainLicense } from "./explain-license.js";
import { isSensible, type Offer, unknownOffer } from "./license-offers.js";

/** One model as it was named, with its license or with the reason why nothing is known of it. */
export type JudgedModel =
  | { readonly name: string; readonly license: ExplainedLicense }
  | { readonly name: string; readonly error: OslmError };

/** What is wrong with the command or with this machine is not a finding on one of the models. */
const FATAL: readonly ErrorCode[] = ["bad-policy", "interrupted"];

/**
 * In the order of the names, each once. What is offered and not known to oslm has to be the license of one of them.
 * @throws OslmError usage, bad-policy, interrupted; whatever is no OslmError
 */
export async function judgeModels(
  world: World,
  names: readonly string[],
  offers: readonly Offer[],
): Promise<readonly JudgedModel[]> {
  const judged: JudgedModel[] = [];
  const known = offers.filter((offer) => isSensible(offer));
  let strange = offers.filter((offer) => !known.includes(offer));
  const ofOne = [...strange];
  for (const name of new Set(names)) {
    const model = await judgeOne(world, name, known);
    const own = "license" in model ? ofOne.filter((offer) => isSensible(offer, model.license)) : [];
    strange = strange.filter((offer) => !own.includes(offer));
    judged.push(own.length === 0 ? model : await judgeOne(world, name, [...known, ...own]));
  }
  const [left] = strange;
  // It may be the license of the one that could not be looked up.
  if (left !== undefined && judged.every((model) => "license" in model)) throw unknownOffer(left);
  return judged;
}

async function judgeOne(world: World, name: string, offers: readonly Offer[]): Promise<JudgedModel> {
  try {
    return { name, license: await explainLicense(world, parseRef(name, { hub: world.endpoint }), offers) };
  } catch (error) {
    if (!isOslmError(error) || world.signal.aborted || FATAL.includes(error.code)) throw error;
    return { name, error };
  }
}
