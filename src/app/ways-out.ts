// What a person can do about a stored model that does not fit, nearest first.
import { marginOf } from "../fit/capacity.js";
import { type LoadWishes, type NoLoadPlan, planLoad } from "../fit/plan-load.js";
import { planSequences } from "../fit/plan-sequences.js";
import { guessWeights } from "../fit/weights.js";
import { groupVariants } from "../gguf/variants.js";
import type { Bytes, Host } from "../model/types.js";
import { isCommitSha, isRepoId } from "../model/types.js";
import type { LocalModel } from "./local-model.js";
import type { ReadModel } from "./read-model.js";
import type { World } from "./world.js";

/** A failure should not wait for a slow Hub. */
const LISTING_TIMEOUT_MS = 2000;

export interface Misfit {
  readonly model: LocalModel;
  readonly subject: ReadModel;
  readonly host: Host;
  readonly wishes: LoadWishes;
  readonly plan: NoLoadPlan;
}

/** Commands after `oslm run`, and what else helps: a smaller quantization, layers left to oslm, memory set free. */
export async function waysOut(world: World, misfit: Misfit): Promise<string[]> {
  const { subject, host, wishes, plan } = misfit;
  const smaller = (await smallerStored(world, misfit)) ?? (await smallerOnHub(world, misfit));
  const asked = wishes.gpuLayers ?? host.gpuLayers ?? 0;
  const { device, need, have } = plan.shortage;
  const limited = device === "ram" && host.ramLimit !== undefined;
  const whole = device === "ram" ? host.ramTotal : (host.gpus[Number(device.slice(3))]?.vramTotal ?? 0);
  const { sequences = 1 } = wishes;
  const fewer = sequences > 1 ? planSequences(subject, host, wishes, sequences - 1) : plan;
  return [
    ...(fewer.fits ? [`--parallel ${fewer.sequences} in place of ${sequences}`] : []),
    ...(smaller === undefined ? [] : [smaller]),
    ...(asked > 0 ? [`oslm run ${misfit.model.ref} --gpu auto`] : []),
    ...(need <= whole * (1 - marginOf(host)) && !limited
      ? [`close other programs: ${megabytes(need - have)} more would do`]
      : []),
    ...(limited && host.ramLimit ? [`raise the limit of ${megabytes(host.ramLimit.bytes)} (${host.ramLimit.by})`] : []),
  ];
}

/** Another quantization of the same model that is here and fits. */
async function smallerStored(world: World, { model, subject, host, wishes }: Misfit): Promise<string | undefined> {
  const { stored } = model;
  if (stored === null || stored.repo === null) return undefined;
  const others = (await (await world.store()).list()).filter(
    ({ repo, size }) => repo === stored.repo && size < stored.size,
  );
  const best = largest(others, (other) => fits(subject, other.size, host, wishes));
  return best && `oslm run ${best.name}`;
}

/** One that its repository offers. What goes wrong there is no part of this failure. */
async function smallerOnHub(world: World, { model, subject, host, wishes }: Misfit): Promise<string | undefined> {
  const { repo, commit, size } = model.stored ?? { repo: null, commit: null, size: 0 };
  if (world.offline || repo === null || commit === null || !isRepoId(repo) || !isCommitSha(commit)) return undefined;
  try {
    const signal = AbortSignal.any([world.signal, AbortSignal.timeout(LISTING_TIMEOUT_MS)]);
    const { files } = await (await world.hub()).snapshot(repo, commit, signal);
    const { variants } = groupVariants(files, repo);
    const best = largest(
      variants.filter((variant) => variant.size < size),
      (variant) => fits(subject, variant.size, host, wishes),
    );
    return best && `oslm run ${repo}:${best.quant}`;
  } catch {
    return undefined;
  }
}

function largest<T extends { readonly size: Bytes }>(all: readonly T[], fit: (one: T) => boolean): T | undefined {
  return [...all].sort((a, b) => b.size - a.size).find(fit);
}

function fits({ geometry }: ReadModel, size: Bytes, host: Host, wishes: LoadWishes): boolean {
  return planLoad({ geometry, weights: guessWeights(geometry, size) }, host, wishes).fits;
}

function megabytes(bytes: Bytes): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
