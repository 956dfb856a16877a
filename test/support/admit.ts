// What becomes of a file before the engine sees it: read and planned for as `oslm run` does.
import { readFiles } from "../../src/app/run/read-model.js";
import { isOslmError } from "../../src/errors.js";
import { type LoadPlan, planLoad } from "../../src/fit/plan-load.js";
import { isLoadable } from "../../src/gguf/architectures.js";
import type { Host } from "../../src/model/types.js";

const HOST: Host = { ramTotal: 2 ** 31, ramAvailable: 2 ** 31, cores: 1, gpus: [] };

export type Admission = { readonly plan: LoadPlan } | { readonly refused: string };

/** Any other error than a refusal is thrown: it would be a crash. */
export async function admit(path: string): Promise<Admission> {
  try {
    const subject = await readFiles({ path, name: "x.gguf" }, []);
    const plan = planLoad(subject, HOST);
    if (!isLoadable(subject.geometry.architecture)) return { refused: "unknown architecture" };
    return plan.fits ? { plan } : { refused: "does not fit" };
  } catch (error) {
    if (isOslmError(error, "malformed-gguf")) return { refused: error.facts.reason };
    if (isOslmError(error, "unknown-architecture")) return { refused: "unknown architecture" };
    throw error;
  }
}
