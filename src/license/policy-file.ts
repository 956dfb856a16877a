// A license policy as it is written in the `license:` part of oslm.yaml and of an organization's policy file.
import type { NamedFile } from "../model/located.js";
import type { Meaning } from "./policy-words.js";

export type Effect = "allow" | "review" | "deny";

/** Where something stands. */
export interface RulePlace extends NamedFile {
  readonly line: number;
}

export interface Setting<Value> {
  readonly value: Value;
  readonly at: RulePlace;
}

/** One word of one of the lists. */
export interface PolicyRule extends Meaning {
  readonly effect: Effect;
  readonly at: RulePlace;
}

export const USES = ["internal", "commercial", "service", "redistribute", "finetune", "train-on-outputs"] as const;
export type Use = (typeof USES)[number];

/** What is true of whoever uses the model; what is not stated is not known. */
export interface PolicyFacts {
  /** Monthly active users. */
  readonly mau?: Setting<number>;
  /** Of a year. */
  readonly revenue_usd?: Setting<number>;
  /** ISO 3166 country codes, or EU. */
  readonly regions?: Setting<readonly string[]>;
  /** All that is done with models. */
  readonly use?: Setting<readonly Use[]>;
}

/** Lets one model pass, whatever the rest of its file says, to the end of a day. */
export interface PolicyException {
  readonly at: RulePlace;
  /** Lower case. */
  readonly repo: string;
  readonly commit?: string;
  readonly reason: string;
  readonly approver: string;
  /** `YYYY-MM-DD`; it holds to the end of that day, UTC. */
  readonly expires: string;
}

/** All facts of several files, as values; a later file counts more. Null when there is none. */
export function statedFacts(files: readonly Pick<PolicyFile, "facts">[]): Readonly<Record<string, unknown>> | null {
  const stated = files.flatMap(({ facts }) => Object.entries(facts).map(([name, { value }]) => [name, value] as const));
  return stated.length === 0 ? null : Object.fromEntries(stated);
}

export interface PolicyFile {
  readonly rules: readonly PolicyRule[];
  /** For what is not known: a license, its terms, or which one governs. */
  readonly unknown?: Setting<Effect>;
  /** For evidence that contradicts itself. */
  readonly conflict?: Setting<Effect>;
  /** For repositories without a license text. */
  readonly requireText?: Setting<boolean | "warn">;
  readonly facts: PolicyFacts;
  readonly exceptions: readonly PolicyException[];
}
