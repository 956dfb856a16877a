// What each quantization of a model would need, and which one would be picked. Downloads nothing.
import type { ChoiceWishes } from "../fit/choose.js";
import { planLoad } from "../fit/plan-load.js";
import type { Weighed } from "../fit/weigh.js";
import type { ModelRef } from "../model/ref.js";
import type { Bytes, Estimate, Host } from "../model/types.js";
import { asksForSpeed, choose } from "./candidates.js";
import { findLocal, type LocalModel } from "./local-model.js";
import { readModel } from "./read-model.js";
import { resolve } from "./resolve.js";
import type { World } from "./world.js";

export interface FitRow {
  readonly quant: string;
  readonly size: Bytes;
  readonly files: readonly string[];
  readonly estimate: Estimate;
  readonly fits: boolean;
  readonly reason: string;
  readonly chosen: boolean;
}

export interface FitReport {
  readonly ref: string;
  readonly host: Host;
  readonly ctx: number;
  readonly variants: readonly FitRow[];
  readonly choice: string | null;
}

/** A name of the Hub is asked there, whatever is stored; offline, and for files, what is here is weighed. */
export async function fitModel(world: World, ref: ModelRef, wishes: ChoiceWishes): Promise<FitReport> {
  const remote = ref.kind === "catalog" || ref.kind === "hub";
  const local = remote && !world.offline ? undefined : await findLocal(world, ref);
  if (local) return fitLocal(world, local, wishes);
  if (!remote) throw new Error("a file is found or reported missing");
  const resolved = await resolve(world, ref);
  const choice = await choose(world, resolved, wishes);
  const rows = choice.rejected.map((one) => rowOf(one, false));
  if (choice.kind === "chosen") {
    const [reason = ""] = choice.reasons;
    rows.push(rowOf({ ...choice, fits: true, reason }, true));
  }
  rows.sort((a, b) => b.size - a.size);
  const ctx = rows[0]?.estimate.ctx ?? 0;
  const quant = choice.kind === "chosen" ? choice.quant : null;
  return { ref: resolved.name, host: await world.host(), ctx, variants: rows, choice: quant };
}

async function fitLocal(world: World, model: LocalModel, wishes: ChoiceWishes): Promise<FitReport> {
  const { geometry, weights } = await readModel(model);
  const host = await world.host({ measured: asksForSpeed(weights.total) });
  const { fits, estimate, reasons } = planLoad({ geometry, weights }, host, wishes);
  const { quant, ref, paths } = model;
  const row = { quant, size: weights.total, files: paths, estimate, fits, reason: reasons.join("; "), chosen: fits };
  return { ref, host, ctx: estimate.ctx, variants: [row], choice: fits ? quant : null };
}

function rowOf(
  { variant, quant, estimate, fits, reason }: Pick<Weighed, "variant" | "quant" | "estimate" | "fits" | "reason">,
  chosen: boolean,
): FitRow {
  return { quant, size: variant.size, files: variant.files.map((file) => file.path), estimate, fits, reason, chosen };
}
