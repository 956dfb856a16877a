// What one policy file says of a license: an answer to each question on which it has an opinion.
import type { LicenseVerdict } from "../model/types.js";
import type { LicenseEntry } from "./catalogue.js";
import { meetsCondition } from "./policy-facts.js";
import type { Effect, PolicyException, PolicyFacts, PolicyFile, PolicyRule, RulePlace } from "./policy-file.js";

/** The model that a license is judged for. */
export interface PolicySubject {
  readonly repo?: string;
  readonly commit?: string;
  /** Whether the repository holds a license text; undefined where nobody looked. */
  readonly hasText?: boolean;
}

/** What has to be decided about. */
export interface Questions {
  /** Every license that governs. */
  readonly entries: readonly LicenseEntry[];
  /** About the terms of these licenses: who allows them by id has looked at them. */
  readonly doubts: readonly string[];
  /** Why others may govern instead. */
  readonly gaps: readonly string[];
  readonly conflicts: LicenseVerdict["conflicts"];
  readonly subject?: PolicySubject;
}

export type About = LicenseEntry | "doubts" | "gaps" | "conflicts" | "text";

export interface Answer {
  readonly about: About;
  readonly effect: Effect;
  /** `deny class non-commercial`, or `exception until ...` */
  readonly rule: string;
  readonly at: RulePlace;
}

export interface FileAnswers {
  readonly answers: readonly Answer[];
  /** Worth saying, whatever is decided. */
  readonly notes: readonly string[];
}

/** The questions that arise, in order. */
export function questionsOf({ entries, doubts, gaps, conflicts, subject }: Questions): readonly About[] {
  return [
    ...entries,
    ...(doubts.length > 0 ? (["doubts"] as const) : []),
    ...(gaps.length > 0 ? (["gaps"] as const) : []),
    ...(conflicts.length > 0 ? (["conflicts"] as const) : []),
    ...(subject?.hasText === false ? (["text"] as const) : []),
  ];
}

/** What a file and those before it state: an organization's facts hold for its projects as well. */
export interface Known {
  readonly facts: PolicyFacts;
  /** Keys of conditions in `allow`. */
  readonly settled: ReadonlySet<string>;
}

/** What is known with this file, after what was known before. */
export function knownWith({ facts, settled }: Known, { facts: own, rules }: PolicyFile): Known {
  const allowed = rules.flatMap(({ effect, kind, name }) => (effect === "allow" && kind === "condition" ? [name] : []));
  return { facts: { ...facts, ...own }, settled: new Set([...settled, ...allowed]) };
}

/** @param today as `2026-12-31`, UTC */
export function answersOf(file: PolicyFile, known: Known, questions: Questions, today: string): FileAnswers {
  const mine = file.exceptions.filter((exception) => isFor(exception, questions.subject));
  const valid = mine.find(({ expires }) => today <= expires);
  if (valid !== undefined) {
    const words = `${EXCEPTION} until ${valid.expires}, approved by ${valid.approver}: ${valid.reason}`;
    return { answers: questionsOf(questions).map((about) => answer(about, "allow", words, valid.at)), notes: [] };
  }
  const answers = [
    ...questions.entries.flatMap((entry) => [...listed(file, known.facts, entry), ...limited(known, entry)]),
    ...open(file, questions),
  ];
  const notes = mine.map(({ at, expires }) => `${placed(at)} ${EXCEPTION} expired on ${expires}`);
  const { requireText } = file;
  if (questions.subject?.hasText === false && requireText?.value === "warn") {
    notes.push(`Warning: ${placed(requireText.at)} require_text: the repository holds no license text`);
  }
  return { answers, notes };
}

const EXCEPTION = "exception";

/** True for the rule of an exception, which is shown whenever it is used. */
export function isException({ rule }: { readonly rule: string }): boolean {
  return rule.startsWith(EXCEPTION);
}

/** `oslm.yaml:7` */
export function placed({ shown, line }: RulePlace): string {
  return `${shown}:${line}`;
}

function isFor({ repo, commit }: PolicyException, subject: PolicySubject | undefined): boolean {
  return repo === subject?.repo?.toLowerCase() && (commit === undefined || commit === subject.commit);
}

/** What the lists say. A condition in `allow` settles that condition alone, never a license that has it. */
function listed({ rules }: PolicyFile, facts: PolicyFacts, entry: LicenseEntry): Answer[] {
  const concerns = ({ kind, name, effect }: PolicyRule): boolean => {
    if (kind === "id") return name === entry.id;
    if (kind === "class") return name === entry.class;
    return (
      effect !== "allow" &&
      entry.conditions.some((condition) => condition.key === name && meetsCondition(condition, facts).state !== "no")
    );
  };
  return rules
    .filter(concerns)
    .map(({ effect, kind, name, at }) => answer(entry, effect, `${effect} ${kind} ${name}`, at));
}

/** What the facts say: a limit that is met is a use that the license does not grant. */
function limited({ facts, settled }: Known, entry: LicenseEntry): Answer[] {
  return entry.conditions.flatMap((condition) => {
    const { key } = condition;
    const { state, fact } = meetsCondition(condition, facts);
    if (settled.has(key) || state === "no" || fact === undefined) return [];
    const [effect, verb] = state === "yes" ? (["deny", "meets"] as const) : (["review", "may meet"] as const);
    return [answer(entry, effect, `${fact.text} ${verb} ${key} of ${entry.id}`, fact.at)];
  });
}

/** What is open: licenses that oslm does not know, doubts, conflicts, a missing text. */
function open(file: PolicyFile, { entries, doubts, gaps, conflicts, subject }: Questions): Answer[] {
  const { rules, unknown, conflict, requireText } = file;
  const answers: Answer[] = [];
  const naming = entries.map((entry) => rules.find((rule) => allowsAsUnknown(rule, entry)));
  if (unknown !== undefined) {
    for (const [index, entry] of entries.entries()) {
      if (entry.class !== "unknown" || naming[index] !== undefined) continue;
      answers.push(answer(entry, unknown.value, `unknown ${unknown.value}`, unknown.at));
    }
  }
  if (doubts.length > 0) {
    const [named] = naming;
    // Who allows a license by its id has looked at it.
    if (named !== undefined && !naming.includes(undefined))
      answers.push(answer("doubts", "allow", say(named), named.at));
    else if (unknown !== undefined)
      answers.push(answer("doubts", unknown.value, `unknown ${unknown.value}`, unknown.at));
  }
  if (gaps.length > 0 && unknown !== undefined) {
    answers.push(answer("gaps", unknown.value, `unknown ${unknown.value}`, unknown.at));
  }
  if (conflicts.length > 0 && conflict !== undefined) {
    answers.push(answer("conflicts", conflict.value, `conflict ${conflict.value}`, conflict.at));
  }
  if (subject?.hasText === false && requireText?.value === true) {
    answers.push(answer("text", "deny", "require_text: the repository holds no license text", requireText.at));
  }
  return answers;
}

function allowsAsUnknown({ effect, kind, name }: PolicyRule, entry: LicenseEntry): boolean {
  if (effect !== "allow") return false;
  return (kind === "id" && name === entry.id) || (kind === "class" && name === "unknown" && entry.class === "unknown");
}

function say({ effect, kind, name }: PolicyRule): string {
  return `${effect} ${kind} ${name}`;
}

function answer(about: About, effect: Effect, rule: string, at: RulePlace): Answer {
  return { about, effect, rule, at };
}
