// What is said of an error, and what a table of this folder holds for each.
import type { ExitCode } from "../exit-codes.js";

export interface Report {
  readonly exitCode: ExitCode;
  readonly code: string;
  /** What failed. */
  readonly message: string;
  /** The fact behind it. */
  readonly detail: string;
  /** A command that can be pasted, or what to do. */
  readonly hint: string;
  readonly facts: unknown;
}

/** Exit code; what failed; the fact behind it; what to type next. */
export type Entry<Facts> = (facts: Facts) => readonly [ExitCode, string, string, string];

/** One for every error of a group: what is missing or too much is an error of the compiler. */
export type Entries<Group> = { readonly [Code in keyof Group]: Entry<Group[Code]> };
