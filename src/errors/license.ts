// Licenses, and policies on them.
import type { PolicyRuleRef } from "../model/types.js";

export interface LicenseFacts {
  /** A license policy or oslm.yaml that cannot be used: nothing passes then. */
  "bad-policy": {
    /** Absolute path. */
    file: string;
    /** The path as messages show it. */
    shown: string;
    /** From 1; both 0 where the file could not be read at all. */
    line: number;
    column: number;
    /** Where in the file, as `license.deny`; empty where the file could not be read that far. */
    key: string;
    problem: string;
    /** What may have been meant. */
    suggestion?: string;
  };
  "license-not-accepted": {
    ref: string;
    id: string;
    title: string;
    class: string;
    reasons: readonly string[];
    /** Where a person can read it. */
    url: string;
    /** The command that accepts it. */
    instead: string;
  } & Partial<PolicyRuleRef>;
  "license-denied": {
    ref: string;
    id: string;
    title: string;
    class: string;
    reasons: readonly string[];
  } & Partial<PolicyRuleRef>;
  /** What a license does not let a model be passed on without. */
  "pack-incomplete": {
    ref: string;
    missing: readonly { readonly id: string; readonly text: string }[];
    /** The command that writes the folder all the same. */
    instead: string;
  };
}
