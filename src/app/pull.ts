// Getting a model: resolve, license gate, choice by fit, verified download, record. In this order, always.
import { OslmError } from "../errors.js";
import type { Chosen, ChoiceWishes } from "../fit/choose.js";
import { judgeLicense } from "../license/verdict.js";
import { formatRef } from "../model/ref.js";
import type { Bytes, GgufVariant, LicenseVerdict, RepoSnapshot, StoredModel } from "../model/types.js";
import type { DownloadEvent } from "../download/download.js";
import { candidatesOf } from "./candidates.js";
import { chooseVariant } from "../fit/choose.js";
import { doesNotFit } from "./does-not-fit.js";
import { type RemoteRef, type Resolved, resolve } from "./resolve.js";
import type { World } from "./world.js";

export interface PullRequest {
  readonly ref: RemoteRef;
  readonly wishes: ChoiceWishes;
  /** License ids accepted on the command line. */
  readonly acceptLicense: readonly string[];
  /** Asks a person; false when they decline. @throws OslmError license-not-accepted where nobody can be asked */
  consent(verdict: LicenseVerdict, ref: string): Promise<boolean>;
}

export type PullEvent =
  | { readonly type: "resolved"; readonly ref: string; readonly snapshot: RepoSnapshot }
  | { readonly type: "license"; readonly verdict: LicenseVerdict }
  | { readonly type: "chosen"; readonly choice: Chosen }
  | DownloadEvent;

export interface PullResult {
  readonly model: StoredModel;
  readonly license: LicenseVerdict;
  readonly choice: Chosen;
  readonly bytes: { readonly downloaded: Bytes; readonly reused: Bytes };
}

/** @throws OslmError of nearly every kind but runtime */
export async function* pull(world: World, request: PullRequest): AsyncGenerator<PullEvent, PullResult> {
  const resolved = await resolve(world, request.ref);
  const { snapshot } = resolved;
  yield { type: "resolved", ref: resolved.name, snapshot };

  const license = await passLicenseGate(world, resolved, request);
  yield { type: "license", verdict: license };

  const wishes = resolved.quant === undefined ? request.wishes : { ...request.wishes, quant: resolved.quant };
  const choice = await chooseOrThrow(world, resolved, wishes);
  yield { type: "chosen", choice };

  const bytes = yield* fetchVariant(world, snapshot, choice.variant);
  const model = await record(world, resolved, choice, license);
  return { model, license, choice, bytes };
}
