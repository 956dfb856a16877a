// Whether a license may pass, has to be accepted by a person, or is refused.
import { type LicenseClass, type LicenseVerdict, NO_LICENSE, type PolicyRuleRef } from "../model/types.js";
import type { LicenseEntry } from "./catalogue.js";
import {
  type About,
  type Answer,
  answersOf,
  type FileAnswers,
  isException,
  type Known,
  knownWith,
  placed,
  type Questions,
  questionsOf,
} from "./policy-answers.js";
import type { Effect, PolicyFile } from "./policy-file.js";

export type Decision = LicenseVerdict["decision"];

/** The rules a decision follows. */
export interface LicensePolicy {
  /** What holds where no file has an opinion. */
  readonly classes: Readonly<Record<LicenseClass, Decision>>;
  readonly written?: {
    /** The organization's before the project's. */
    readonly files: readonly PolicyFile[];
    /** The day, as `2026-12-31`, UTC. */
    readonly today: string;
  };
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

function meaningOf({ title, class: licenseClass }: Pick<LicenseEntry, "title" | "class">): string {
  if (title !== NO_LICENSE) return `${title} ${MEANING[licenseClass]}`;
  return "without a license nothing permits its use: all rights are reserved unless its owner says otherwise";
}

const WARNED: ReadonlySet<LicenseClass> = new Set(["research-only", "non-commercial", "unknown"]);

/** What a decision is about. */
export interface LicenseCase extends Questions {
  /** The id of the whole, which a person accepts: `mit AND llama3.1`. */
  readonly id: string;
  /** Clean ids of licenses that a person has accepted. */
  readonly accepted: readonly string[];
}

export interface Decided {
  readonly decision: Decision;
  readonly reasons: string[];
  /** The rule of a file that decided. */
  readonly rule?: PolicyRuleRef;
}

const STRICTNESS: readonly Effect[] = ["allow", "review", "deny"];

/**
 * Applies the policy. On each question the strictest answer of all files counts, and the default where no file has one;
 * of the questions the strictest again. Acceptance answers a question; it never lifts a refusal.
 */
export function decideLicense(subject: LicenseCase, policy: LicensePolicy): Decided {
  const { id, entries, doubts, gaps, conflicts, accepted } = subject;
  const { answers, notes } = allAnswers(subject, policy);
  const reasons = [
    ...entries.map((entry) => `${WARNED.has(entry.class) ? "Warning: " : ""}${meaningOf(entry)}.`),
    ...[...doubts, ...gaps].map((doubt) => `Warning: ${doubt}.`),
    ...conflicts.map(({ explanation }) => `Warning: ${explanation}`),
    ...notes.map((note) => `${note}.`),
  ];
  const settled = questionsOf(subject).map((about) => settle(about, answers, policy));
  const denied = settled.filter(({ effect }) => effect === "deny");
  if (denied.length > 0) {
    const refused = denied.flatMap(({ about, by }) =>
      by === undefined && typeof about === "object" ? about.class : [],
    );
    const words = refused.length > 0 ? [`The policy refuses the class ${unique(refused)}.`] : [];
    return { decision: "deny", reasons: [...ruleLines(denied), ...reasons, ...words], ...ruleOf(denied) };
  }
  const asking = settled.filter(({ effect }) => effect === "review");
  if (asking.length === 0) {
    // What the defaults allow as well needs no word, but for an exception: without it a rule would have refused.
    const allowing = settled.filter(
      ({ about, by }) => by !== undefined && (isException(by) || defaultEffect(about, policy) !== "allow"),
    );
    return { decision: "allow", reasons: [...reasons, ...ruleLines(allowing)], ...ruleOf(allowing) };
  }
  const licenses = asking.flatMap(({ about }) => (typeof about === "object" ? [about] : []));
  // A doubt or a conflict is about the whole, whatever the policy thinks of the parts.
  const wanted = licenses.length < asking.length ? entries : licenses;
  if (accepted.includes(id) || wanted.every((entry) => accepted.includes(entry.id))) {
    return { decision: "allow", reasons: [...reasons, `Accepted: ${unique(wanted.map((entry) => entry.id))}.`] };
  }
  return { decision: "ask", reasons: [...ruleLines(asking), ...reasons], ...ruleOf(asking) };
}

interface Settled {
  readonly about: About;
  readonly effect: Effect;
  /** None where the default counts. */
  readonly by?: Answer;
}

function settle(about: About, answers: readonly Answer[], policy: LicensePolicy): Settled {
  const mine = answers.filter((answer) => answer.about === about);
  const effect = STRICTNESS.findLast((one) => mine.some((answer) => answer.effect === one));
  const by = mine.find((answer) => answer.effect === effect);
  return by === undefined ? { about, effect: defaultEffect(about, policy) } : { about, effect: by.effect, by };
}

function defaultEffect(about: About, { classes }: LicensePolicy): Effect {
  if (about === "text") return "allow";
  if (about === "doubts" || about === "gaps" || about === "conflicts") return "review";
  const decision = classes[about.class];
  return decision === "ask" ? "review" : decision;
}

/** Each file is asked by itself; what it does not state is taken from the files before it, never the other way round. */
function allAnswers(subject: LicenseCase, { written }: LicensePolicy): FileAnswers {
  let known: Known = { facts: {}, settled: new Set() };
  const all = (written?.files ?? []).map((file) => {
    known = knownWith(known, file);
    return answersOf(file, known, subject, written?.today ?? "");
  });
  return { answers: all.flatMap(({ answers }) => answers), notes: all.flatMap(({ notes }) => notes) };
}

function ruleLines(settled: readonly Settled[]): string[] {
  return [...new Set(settled.flatMap(({ by }) => (by === undefined ? [] : `${placed(by.at)} ${by.rule}.`)))];
}

function ruleOf(settled: readonly Settled[]): { rule?: PolicyRuleRef } {
  const by = settled.find((one) => one.by !== undefined)?.by;
  return by === undefined ? {} : { rule: { rule: by.rule, file: by.at.file, line: by.at.line } };
}

function unique(texts: readonly string[]): string {
  return [...new Set(texts)].join(", ");
}
