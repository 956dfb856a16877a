// The forms in which licenses are reported. Both `oslm license` and its `report` have a --format, and the parser gives what
// stands there to the former: each checks it by itself.
import { OslmError } from "../../errors.js";

/** Of `oslm license MODEL...`. */
export const CHECK_FORMATS = ["text", "sarif", "junit"] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];

/** Of `oslm license report`. */
export const REPORT_FORMATS = ["table", "markdown", "cyclonedx", "spdx"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** @throws OslmError usage for one that is not among `allowed` */
export function formatIn<Format extends string>(allowed: readonly Format[], text: string, command: string): Format {
  const found = allowed.find((format) => format === text);
  if (found !== undefined) return found;
  throw new OslmError("usage", {
    problem: `${command} has no format ${JSON.stringify(text.slice(0, 40))}`,
    detail: `There are ${allowed.join(", ")}.`,
    help: `${command} --format ${allowed[1] ?? allowed[0]}`,
  });
}
