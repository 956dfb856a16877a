// Whether a license may pass, has to be accepted by a person, or is refused.
import type { LicenseClass, LicenseVerdict } from "../model/types.js";
import type { LicenseEntry } from "./catalogue.js";

export type Decision = LicenseVerdict["decision"];

/** The rules a decision follows. */
export interface LicensePolicy {
  readonly classes: Readonly<Record<LicenseClass, Decision>>;
}

/** What holds when nobody says otherwise. */
export const DEFAULT_POLICY: LicensePolicy = {
  classes: {
    "public-domain": "allow",
    permissive: "allow",
    "weak-copyleft": "ask",
    copyleft: "ask",
    "responsible-use": "ask",
    community: "ask",
    "research-only": "ask",
    "non-commercial": "ask",
    unknown: "ask",
  },
};

/** One line for a person, on each class. */
const MEANING: Readonly<Record<LicenseClass, string>> = {
  "public-domain": "puts the model in the public domain",
  permissive: "is permissive: keep its notices",
  "weak-copyleft": "is a weak copyleft license: changed parts stay under it",
  copyleft: "is a copyleft license: what you build from the model stays under it",
  "responsible-use": "forbids certain uses, for you and for those you serve",
  community: "sets conditions that open-source licenses do not",
  "research-only": "allows research only",
  "non-commercial": "forbids commercial use",
  unknown: "is no ground to rely on: all rights may be reserved",
};

const WARNED: ReadonlySet<LicenseClass> = new Set(["research-only", "non-commercial", "unknown"]);

/** What a decision is about. */
export interface LicenseCase {
  /** The id of the whole, which a person accepts: `mit AND llama3.1`. */
  readonly id: string;
  /** Every license that governs. */
  readonly entries: readonly LicenseEntry[];
  readonly doubts: readonly string[];
  readonly conflicts: LicenseVerdict["conflicts"];
  /** Clean ids of licenses that a person has accepted. */
  readonly accepted: readonly string[];
}

/** Applies the policy. Acceptance answers a question; it never lifts a refusal. */
export function decideLicense(subject: LicenseCase, policy: LicensePolicy): { decision: Decision; reasons: string[] } {
  const { id, entries, doubts, conflicts, accepted } = subject;
  const reasons = [
    ...entries.map((entry) => `${WARNED.has(entry.class) ? "Warning: " : ""}${entry.title} ${MEANING[entry.class]}.`),
    ...doubts.map((doubt) => `Warning: ${doubt}.`),
    ...conflicts.map(({ explanation }) => `Warning: ${explanation}`),
  ];
  const denied = entries.filter((entry) => policy.classes[entry.class] === "deny");
  if (denied.length > 0) {
    return {
      decision: "deny",
      reasons: [...reasons, `The policy refuses the class ${unique(denied.map((entry) => entry.class))}.`],
    };
  }
  const asking = entries.filter((entry) => policy.classes[entry.class] === "ask");
  if (asking.length === 0 && doubts.length === 0 && conflicts.length === 0) return { decision: "allow", reasons };
  // A doubt or a conflict is about the whole, whatever the policy thinks of the parts.
  const wanted = doubts.length + conflicts.length > 0 ? entries : asking;
  if (accepted.includes(id) || wanted.every((entry) => accepted.includes(entry.id))) {
    return { decision: "allow", reasons: [...reasons, `Accepted: ${unique(wanted.map((entry) => entry.id))}.`] };
  }
  return { decision: "ask", reasons };
}

function unique(texts: readonly string[]): string {
  return [...new Set(texts)].join(", ");
}
