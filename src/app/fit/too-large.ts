// The error of a pull of which nothing fits, with the ways out that do.
import type { OslmError } from "../../errors.js";
import type { ChoiceWishes, NothingFits } from "../../fit/choose.js";
import { quoted } from "../../model/quoted.js";
import { freeBytes } from "../../store/check-free.js";
import type { Resolved } from "../pull/resolve.js";
import type { World } from "../world.js";
import type { Candidates } from "./candidates.js";
import { doesNotFit } from "./does-not-fit.js";
import { smallerSize, variantRef } from "./smaller-models.js";
import { again, waysOut } from "./ways-out.js";

export interface TooLarge {
  readonly found: Pick<Candidates, "host" | "quant">;
  readonly outcome: NothingFits;
  readonly wishes: ChoiceWishes;
  /** The command that was typed. */
  readonly verb: "pull" | "run";
}

export async function tooLarge(
  world: World,
  { name, snapshot }: Pick<Resolved, "name" | "snapshot">,
  { found: { host, quant }, outcome: { smallest, instead }, wishes, verb }: TooLarge,
): Promise<OslmError<"does-not-fit">> {
  const { plan, variant, subject } = smallest;
  if (plan.fits) throw new Error("what fits was not chosen");
  const stuck = { command: `oslm ${verb} ${quoted(name)}`, quant, wishes, machine: world.machine };
  const nearer: string[] = [];
  if (instead !== null && instead.variant !== variant) {
    const file = { command: `oslm ${verb} ${quoted(variantRef(snapshot.repo, instead.variant))}`, quant: null };
    nearer.push(again(stuck, instead.quant === "unknown" ? file : { quant: instead.quant }));
  }
  const size = smallerSize(name, host, wishes);
  const further = size === undefined ? [] : [again(stuck, { command: `oslm ${verb} ${size}`, quant: null })];
  const refused = { subject, host, wishes, plan };
  // Where the disk does not tell, the pull will.
  const free = await freeBytes((await world.store()).hubCache).catch(() => Infinity);
  const ways = waysOut(stuck, refused, { nearer, further, force: variant.size <= free });
  return doesNotFit({ ref: name, quant: smallest.quant }, plan, ways);
}
