// Every error as a person reads it: what failed, the fact behind it, what to type next; and its exit code. The words are in
// report/, a table for each room.
import { styleText } from "node:util";
import { type ErrorCode, OslmError } from "../errors.js";
import { sanitizeLine } from "../ui/sanitize.js";
import { wrap } from "../ui/wrap.js";
import { REPORTS } from "./report/all.js";
import type { Entry, Report } from "./report/entry.js";
import { systemReport } from "./report/system.js";

/** The report of any thrown value. What is not an OslmError is a bug and says so. */
export function reportOf(error: unknown): Report {
  if (error instanceof OslmError) {
    const entry = REPORTS[error.code as ErrorCode] as Entry<unknown>;
    const [exitCode, message, detail, hint] = entry(error.facts);
    return { exitCode, code: error.code, message, detail, hint, facts: error.facts };
  }
  const system = systemReport(error);
  if (system) return system;
  return {
    exitCode: 1,
    code: "unexpected",
    message: "something failed that should not have",
    detail: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    hint: "run again with --verbose and report the output",
    facts: {},
  };
}

/**
 * Three lines: what failed; the fact behind it; `Try:`. Empty ones are left out.
 * @param width of a terminal, where the first two are wrapped; what is to be pasted stays whole
 * @param color whether the first word of the first and of the last stand out
 */
export function reportText(report: Report, width = Number.POSITIVE_INFINITY, color = false): string {
  const lead = (style: "red" | "cyan", word: string) =>
    color ? styleText([style, "bold"], word, { validateStream: false }) : word;
  const message = wrap(sanitizeLine(`oslm: ${report.message}`), width, "  ");
  const lines = [lead("red", "oslm:") + message.slice("oslm:".length)];
  if (report.detail !== "") lines.push(wrap(sanitizeLine(`  ${report.detail}`), width, "  "));
  if (report.hint !== "") lines.push(`${lead("cyan", "Try:")} ${sanitizeLine(report.hint)}`);
  return `${lines.join("\n")}\n`;
}

/** The same for programs, on one line. */
export function reportJson({ code, message, detail, hint, exitCode, facts }: Report): string {
  return `${JSON.stringify({ error: { code, message, detail, hint, exitCode, facts } })}\n`;
}
