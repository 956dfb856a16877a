// What a verdict says, in words for people.
import type { LicenseVerdict } from "../model/types.js";

export const DECISION_WORDS: Readonly<Record<LicenseVerdict["decision"], string>> = {
  allow: "passes",
  ask: "has to be accepted first",
  deny: "denied by policy",
};

export const STATE_WORDS: Readonly<Record<LicenseVerdict["state"], string>> = {
  agree: "what is declared agrees with the texts and the base models",
  looser: "what is declared is looser than a text or a base model allows",
  stricter: "what is declared is stricter than the texts and the base models",
  "text-missing": "no text of the license was found",
  unresolvable: "something could not be found out",
};
