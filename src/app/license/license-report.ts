// The license of every model on this disk, or of every model that a project needs, with what each decision rests on.
import { isOslmError } from "../../errors.js";
import { formatRef, type ModelRef } from "../../model/ref.js";
import type { StoredModel } from "../../model/types.js";
import type { HeaderFacts } from "../../report/reported.js";
import { storedModel } from "../run/local-model.js";
import { readModel } from "../run/read-model.js";
import { findStored } from "../stored/find-stored.js";
import type { World } from "../world.js";
import { findLicense, findStoredLicense, type LicenseFinding } from "./explain-license.js";

export interface Reported extends LicenseFinding {
  /** Undefined for a model that is not on this disk. */
  readonly stored: StoredModel | undefined;
}

/** All stored models, by name; no request is made. @throws OslmError bad-policy */
export async function reportStored(world: World): Promise<readonly Reported[]> {
  const models = await (await world.store()).list();
  const sorted = models
    .map((model) => ({ model, key: [model.name, model.quant, model.commit ?? ""].join("\n") }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const reports: Reported[] = [];
  for (const { model } of sorted) reports.push(await ofStored(world, model));
  return reports;
}

/**
 * These models, in their order: what is stored by what is on this disk, the others by the Hub or, offline, by what an earlier
 * look has kept. @throws OslmError offline, and what Hub.snapshot throws: a report without a model would say that all is well
 */
export async function reportModels(world: World, refs: readonly ModelRef[]): Promise<readonly Reported[]> {
  const reports: Reported[] = [];
  const seen = new Set<string>();
  for (const ref of refs) {
    const [stored] = await findStored(world, ref);
    const key = stored === undefined ? formatRef(ref) : `${stored.name}\n${stored.commit}`;
    if (seen.has(key)) continue;
    seen.add(key);
    reports.push(
      stored ? await ofStored(world, stored) : { ...(await findLicense(world, ref, [])), stored: undefined },
    );
  }
  return reports;
}

/** What the header of a stored model says; undefined where there is none that makes sense. */
export async function headerFacts({ stored }: Reported): Promise<HeaderFacts | undefined> {
  if (stored === undefined) return undefined;
  try {
    const { geometry, parameters } = await readModel(storedModel(stored));
    return { architecture: geometry.architecture, context: geometry.ctxTrain, parameters };
  } catch (error) {
    if (isOslmError(error, "malformed-gguf") || isOslmError(error, "unknown-architecture")) return undefined;
    throw error;
  }
}

async function ofStored(world: World, stored: StoredModel): Promise<Reported> {
  return { ...(await findStoredLicense(world, stored)), stored };
}
