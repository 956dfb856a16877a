// The time that a document bears when its making has to be repeatable.
import { OslmError } from "../errors.js";

/** The last second of the year 9999. */
const LATEST = 253_402_300_799;

/**
 * SOURCE_DATE_EPOCH, in seconds since 1970; undefined where it is not set.
 * @see https://reproducible-builds.org/specs/source-date-epoch/ @throws OslmError usage for what is no number of seconds
 */
export function sourceDate({ SOURCE_DATE_EPOCH: text }: NodeJS.ProcessEnv): Date | undefined {
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,12}$/.test(text) && Number(text) <= LATEST) return new Date(Number(text) * 1000);
  throw new OslmError("usage", {
    problem: "SOURCE_DATE_EPOCH is not a number of seconds",
    detail: "It is the time that documents bear, in seconds since 1970, UTC.",
    help: "unset SOURCE_DATE_EPOCH, or set it as in   SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)",
  });
}
