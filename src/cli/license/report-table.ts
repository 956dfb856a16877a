// The report as rows: a table for people, tab-separated lines or JSON for programs.
import type { ExplainedLicense } from "../../app/license/explain-license.js";
import type { Output } from "../../ui/output.js";
import type { Column } from "../../ui/table.js";

/** The fields of `oslm license MODEL --json`. */
const FIELDS = [
  "id",
  "spdx",
  "title",
  "class",
  "commercialUse",
  "openness",
  "opennessFacts",
  "declared",
  "state",
  "floor",
  "evidence",
  "conflicts",
  "obligations",
  "decision",
  "reasons",
  "rule",
  "ref",
  "repo",
  "commit",
  "from",
  "gated",
  "url",
  "accepted",
] as const satisfies readonly (keyof ExplainedLicense)[];

const COLUMNS: readonly Column<ExplainedLicense>[] = [
  { header: "NAME", text: ({ ref }) => cell(ref) },
  { header: "LICENSE", text: ({ id }) => cell(id) },
  { header: "CLASS", text: (row) => row.class },
  { header: "COMMERCIAL", text: ({ commercialUse }) => commercialUse },
  { header: "DECISION", text: ({ decision }) => decision },
  { header: "STATE", text: ({ state }) => state },
  { header: "CONFLICTS", text: ({ conflicts }) => [...new Set(conflicts.map(({ kind }) => kind))].join(",") },
];

export function showReportTable(out: Output, rows: readonly ExplainedLicense[]): void {
  out.rows(rows, {
    columns: COLUMNS,
    fields: FIELDS,
    id: ({ ref }) => ref,
    whenEmpty: "No models yet. Try: oslm pull qwen2:0.5b",
  });
}

/** Spreadsheets take what begins like this for a formula, and run it. */
function cell(text: string): string {
  return /^[=+\-@]/.test(text) ? `'${text}` : text;
}
