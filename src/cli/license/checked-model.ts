// A model in a report on licenses for CI.
import type { ExplainedLicense } from "../../app/license/explain-license.js";
import type { JudgedModel } from "../../app/license/judge-models.js";
import type { OslmError } from "../../errors.js";
import { refusalOf } from "./refusal.js";

export interface CheckedModel {
  /** As the command line names it. */
  readonly name: string;
  /** Undefined when the model could not be looked up. */
  readonly license: ExplainedLicense | undefined;
  /** That the license does not pass, or why nothing is known of it; undefined when it passes. */
  readonly failure: OslmError | undefined;
}

export function checkedModel(judged: JudgedModel): CheckedModel {
  const { name } = judged;
  if ("error" in judged) return { name, license: undefined, failure: judged.error };
  return { name, license: judged.license, failure: refusalOf(judged.license, name) };
}
