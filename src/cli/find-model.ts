// A model that is on this disk, judged by the policy, before it is run.

import type { Consent } from "../app/license/license-gate.js";
import { passLocalPolicy } from "../app/license/local-policy.js";
import { passAdapters } from "../app/license/pass-adapters.js";
import { findLocal, type LocalModel, type Tell } from "../app/run/local-model.js";
import { quoted } from "../model/quoted.js";
import type { ModelRef } from "../model/ref.js";
import type { AdapterFile } from "../runtime/engine.js";
import { askConsent } from "./ask-consent.js";
import type { Context } from "./context.js";
import { offersOf } from "./license/offers.js";
import { showLicense } from "./license/show-license.js";

export interface Finding {
  readonly acceptLicense: readonly string[] | undefined;
  readonly consent: (local: LocalModel) => Consent;
  readonly tell: Tell;
}

/**
 * Undefined when it is not here.
 * @throws OslmError bad-policy, license-denied, license-not-accepted, declined, and as `findLocal` does
 */
export async function findModel(
  context: Context,
  ref: ModelRef,
  { acceptLicense, consent, tell }: Finding,
): Promise<LocalModel | undefined> {
  const { world } = context;
  // Before anything is looked for: with a broken policy nothing runs.
  await world.policy();
  const local = await findLocal(world, ref, tell);
  if (local === undefined) return undefined;
  await admitModel(context, local, acceptLicense, consent(local));
  // Only a convenience for `list`: a state folder that cannot be written must not stop a run.
  if (local.stored) await (await world.store()).touch(local.stored, world.now()).catch(() => undefined);
  return local;
}

/** Every model goes by here before it is run, wherever its name came from. @throws OslmError bad-policy, license-denied, license-not-accepted, declined */
export async function admitModel(
  context: Context,
  local: LocalModel,
  acceptLicense: readonly string[] | undefined,
  consent: Consent,
): Promise<void> {
  const gate = { offers: offersOf(context, acceptLicense), consent };
  const excepted = await passLocalPolicy(context.world, local, gate);
  if (excepted) showLicense(context.out, local.ref, excepted);
}

/** Adapters go by here, before anything is pulled for them. @throws OslmError bad-policy, license-denied, license-not-accepted, declined */
export async function admitAdapters(
  context: Context,
  adapters: readonly AdapterFile[],
  acceptLicense: readonly string[] | undefined,
): Promise<void> {
  const named = adapters.map(({ path }) => `--lora ${quoted(path)}`).join(" ");
  const consent = askConsent(context, `oslm run MODEL ${named}`);
  await passAdapters(context.world, adapters, { offers: offersOf(context, acceptLicense), consent });
}
