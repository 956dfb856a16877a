// What the licenses ask of whoever passes the model on, and how far the pack answers it.
import type { LicenseVerdict } from "../../model/types.js";
import type { ModelEvidence } from "../evidence.js";
import { unreadTexts } from "../license-texts.js";
import { ANSWERS, type Answer, type PackFacts } from "./answers.js";
import type { Missing } from "./pack.js";

type Obligation = LicenseVerdict["obligations"][number];

/** An obligation, whether the folder fulfills it, and where or why not. */
export interface Duty extends Obligation {
  readonly done: boolean;
  readonly note: string | null;
}

/** Asked of licenses that the catalogue does not have. */
const UNKNOWN = "no-grant-assumed";

const UNSETTLED: Missing = {
  id: "evidence",
  text: "certainty about the license: something about it could not be found out, as `oslm license` says",
};

/** The obligations of the verdict, each with its answer, and all that is missing. */
export function checkDuties(facts: PackFacts): { duties: readonly Duty[]; missing: readonly Missing[] } {
  const missing: Missing[] = unseen(facts.evidence);
  const answers = new Map<string, Answer>();
  for (const id of new Set(facts.model.obligations.map((one) => one.id))) {
    const asked = facts.entries.flatMap((entry) =>
      entry.conditions.flatMap((condition) => (condition.key === id ? [{ entry, condition }] : [])),
    );
    // One that only a contradicting source asks for is of no license that is known to hold.
    const answer = (asked.length > 0 || id === UNKNOWN ? ANSWERS[id]?.(facts, asked) : undefined) ?? { done: false };
    answers.set(id, answer);
    missing.push(...(answer.missing ?? []).map((text) => ({ id, text })));
  }
  const { state, class: licenseClass } = facts.model;
  if (missing.length === 0 && (state === "unresolvable" || licenseClass === "unknown")) missing.push(UNSETTLED);
  const duties = facts.model.obligations.map((one) => {
    const { done = false, note = null } = answers.get(one.id) ?? {};
    return { ...one, done, note };
  });
  return { duties, missing };
}

/** A license that nobody could look at may ask for anything. */
function unseen(evidence: ModelEvidence | undefined): Missing[] {
  if (evidence === undefined) return [];
  const gaps = evidence.ancestors.flatMap((one) => ("gap" in one ? [one.repo] : []));
  return [
    ...gaps.map((repo) => ({
      id: "evidence",
      text: `the license of the base model ${repo}: oslm could not look at it`,
    })),
    ...unreadTexts(evidence).map((source) => ({ id: "evidence", text: `${source}: oslm could not read it` })),
  ];
}
