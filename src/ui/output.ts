// What commands say: results to stdout, everything else to stderr.
import { styleText } from "node:util";
import { OslmError } from "../errors.js";
import { sanitize } from "./sanitize.js";
import { type Column, renderTable } from "./table.js";
import type { Terminal } from "./terminal.js";
import { wrap } from "./wrap.js";

/** `human` talks, `quiet` prints identifiers only, `json` one document. */
export type OutputMode =
  | { readonly kind: "human" | "quiet" }
  | { readonly kind: "json"; readonly fields?: readonly string[] };

export class Output {
  constructor(
    readonly terminal: Terminal,
    readonly mode: OutputMode,
    private readonly detailed = false,
  ) {}

  get json(): boolean {
    return this.mode.kind === "json";
  }

  /** A line of the result. */
  line(text: string): void {
    this.terminal.stdout.write(`${text}\n`);
  }

  /** Progress, advice and other talk; silent with --quiet, and with --json, where stderr is for one error at most. */
  note(text: string): void {
    const line = this.styledNote(text);
    if (line !== undefined) this.terminal.stderr.write(`${line}\n`);
  }

  /** What `note` would write, for whoever must write it between other things; undefined when it would be silent. */
  styledNote(text: string): string | undefined {
    return this.mode.kind === "human" ? this.#dim(sanitize(text)) : undefined;
  }

  /** For those who asked with --verbose. */
  verbose(text: string): void {
    if (this.detailed) this.note(text);
  }

  /** Something to heed; said even with --quiet. */
  warn(text: string): void {
    const mark = this.terminal.stderrColor ? styleText("yellow", "warning:", { validateStream: false }) : "warning:";
    this.terminal.stderr.write(`${mark} ${sanitize(text)}\n`);
  }

  /** A sentence as `note`: on a terminal long lines go on below, indented. For words only: what is to be pasted stays whole. */
  sentence(text: string): void {
    this.note(this.terminal.stderrTty ? wrap(text, this.terminal.width, "  ") : text);
  }

  /**
   * Refuses fields that the result will not have; for results that take long.
   * @throws OslmError usage for an unknown field, with the known ones
   */
  checkFields(known: readonly string[]): void {
    const fields = this.mode.kind === "json" ? this.mode.fields : undefined;
    const unknown = fields?.find((field) => !known.includes(field));
    if (unknown === undefined) return;
    throw new OslmError("usage", {
      problem: `unknown JSON field "${unknown}"`,
      detail: "The known ones are in the line below.",
      help: `--json=${known.join(",")}`,
    });
  }

  /** Whether the result is to have this field: some take long to compute. */
  wants(field: string): boolean {
    return this.mode.kind !== "json" || (this.mode.fields?.includes(field) ?? true);
  }

  /**
   * The result as JSON: whole, or only the asked fields.
   * @param known every field that the value, or each of its items, may have
   * @throws OslmError usage for an unknown field, with the known ones
   */
  document(value: object, known: readonly string[]): void {
    this.checkFields(known);
    const fields = this.mode.kind === "json" ? this.mode.fields : undefined;
    this.line(JSON.stringify(fields ? pick(value, fields) : value, null, 2));
  }

  /** Rows as JSON, as identifiers or as a table, as the mode says. */
  rows<Row extends object>(rows: readonly Row[], face: RowsFace<Row>): void {
    if (this.mode.kind === "json") this.document(this.mode.fields ? rows : pick(rows, face.fields), face.fields);
    else if (this.mode.kind === "quiet") this.terminal.stdout.write(rows.map((row) => `${face.id(row)}\n`).join(""));
    else if (rows.length > 0) this.terminal.stdout.write(renderTable(rows, face.columns, this.terminal));
    else if (this.terminal.stdoutTty) this.sentence(face.whenEmpty);
  }

  /** The same for rows that come in pages: each is shown as it comes, but as JSON, which is one document, at the end. */
  paged<Row extends object>(face: RowsFace<Row>): { add(rows: readonly Row[]): void; end(): void } {
    const all: Row[] = [];
    let first: readonly Row[] = [];
    const collects = this.mode.kind === "json";
    return {
      add: (rows) => {
        if (collects) all.push(...rows);
        else if (this.mode.kind === "quiet") this.rows(rows, face);
        else this.terminal.stdout.write(renderTable(rows, face.columns, this.terminal, first));
        if (first.length === 0) first = rows;
      },
      end: () => {
        if (collects || first.length === 0) this.rows(all, face);
      },
    };
  }

  #dim(text: string): string {
    return this.terminal.stderrColor ? styleText("dim", text, { validateStream: false }) : text;
  }
}

export interface RowsFace<Row> {
  readonly columns: readonly Column<Row>[];
  /** The JSON fields of a row. */
  readonly fields: readonly (keyof Row & string)[];
  /** What --quiet prints of a row. */
  id(row: Row): string;
  /** Said to a person when there are no rows. */
  readonly whenEmpty: string;
}

function pick(value: object, fields: readonly string[]): object {
  if (Array.isArray(value)) return value.map((item: object) => pick(item, fields));
  return Object.fromEntries(fields.map((field) => [field, (value as Record<string, unknown>)[field]]));
}
