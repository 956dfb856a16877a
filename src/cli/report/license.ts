// Licenses, and policies on them.
import type { LicenseFacts } from "../../errors/license.js";
import { capitalized } from "../../model/capitalized.js";
import { NO_LICENSE } from "../../model/types.js";
import { nearPath } from "../near-path.js";
import type { Entries } from "./entry.js";
import { list } from "./words.js";

export const licenseReports: Entries<LicenseFacts> = {
  "bad-policy": (f) => [
    2,
    `the policy in ${f.shown} cannot be used, and nothing passes until it can`,
    f.line === 0
      ? `${capitalized(f.problem)}.`
      : `Line ${f.line}, column ${f.column}${f.key === "" ? "" : `, ${f.key}`}: ${f.problem}.`,
    policyHint(f),
  ],
  "license-not-accepted": (f) => [
    5,
    f.title === NO_LICENSE
      ? `${f.ref} has no license: whoever uses it has to accept that first`
      : `${f.ref} has a license that you must accept first: ${f.title}`,
    `${f.reasons.join(" ")} Read it at ${f.url}`,
    f.instead,
  ],
  "license-denied": (f) => [
    5,
    `the license of ${f.ref} is denied by policy: ${f.title}`,
    f.reasons.join(" "),
    f.file === undefined
      ? "choose another model, or change the policy"
      : `choose another model, or have an exception for it written into ${nearPath(f.file, process.cwd())}`,
  ],
  "pack-incomplete": (f) => [
    10,
    `nothing was written: ${f.ref} may not be passed on without what is missing`,
    `Missing: ${list(
      f.missing.map(({ text }) => text),
      6,
    )}.`,
    `${f.instead}   (writes the rest, and says in it what is missing)`,
  ],
};

function policyHint({ line, shown, suggestion }: LicenseFacts["bad-policy"]): string {
  if (line === 0) return `check ${shown}; docs/policy.md has an example`;
  if (suggestion === undefined) return `correct line ${line} of ${shown}; docs/policy.md has an example`;
  return `write ${suggestion} there, in line ${line} of ${shown}`;
}
