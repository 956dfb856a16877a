// The error that a verdict is where the license does not pass.
import type { ExplainedLicense } from "../../app/license/explain-license.js";
import { deniedLicense, refusalFacts } from "../../app/license/license-denied.js";
import { OslmError } from "../../errors.js";
import { quoted } from "../../model/quoted.js";

/** Undefined for a license that passes. @param name the model as it was asked for, for the command that accepts */
export function refusalOf(license: ExplainedLicense, name: string): OslmError | undefined {
  const { decision, ref, id, url } = license;
  if (decision === "deny") return deniedLicense(ref, license);
  if (decision === "allow") return undefined;
  const instead = `oslm license ${quoted(name)} --accept-license ${quoted(id)}`;
  return new OslmError("license-not-accepted", { ...refusalFacts(ref, license), url, instead });
}
