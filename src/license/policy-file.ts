// A license policy as it is written in the `license:` part of oslm.yaml and of an organization's policy file.
import type { Meaning } from "./policy-words.js";

export type Effect = "allow" | "review" | "deny";

/** A value and the line it stands in. */
export interface Setting<Value> {
  readonly value: Value;
  readonly line: number;
}

/** One word of one of the lists. */
export interface PolicyRule extends Meaning {
  readonly effect: Effect;
  readonly line: number;
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
  readonly line: number;
  /** Lower case. */
  readonly repo: string;
  readonly commit?: string;
  readonly reason: string;
  readonly approver: string;
  /** `YYYY-MM-DD`; it holds to the end of that day, UTC. */
  readonly expires: string;
}

export interface PolicyFile {
  /** Absolute path. */
  readonly path: string;
  /** The path as messages show it. */
  readonly shown: string;
  readonly rules: readonly PolicyRule[];
  /** For licenses that oslm does not know, and for what a card leaves open. */
  readonly unknown?: Setting<Effect>;
  /** For evidence that contradicts itself. */
  readonly conflict?: Setting<Effect>;
  /** For repositories without a license text. */
  readonly requireText?: Setting<boolean | "warn">;
  readonly facts: PolicyFacts;
  readonly exceptions: readonly PolicyException[];
}
