// oslm license report: the licenses of all models, as a table or as a document.
import { Writable } from "node:stream";
import type { ExplainedLicense } from "../../app/license/explain-license.js";
import { headerFacts, type Reported, reportModels, reportStored } from "../../app/license/license-report.js";
import { OslmError } from "../../errors.js";
import type { ReportedModel, ReportFrame } from "../../report/reported.js";
import { Output } from "../../ui/output.js";
import type { Context } from "../context.js";
import { sourceDate } from "../source-date.js";
import { version } from "../version.js";
import { writeResult } from "../write-result.js";
import { formatIn, REPORT_FORMATS, type ReportFormat } from "./formats.js";
import { refusalOf } from "./refusal.js";
import { showReportTable } from "./report-table.js";

export interface ReportOptions {
  /** Default: table. */
  readonly format?: string;
  /** A file in place of stdout. */
  readonly output?: string;
  /** All stored models, though the project lists its own. */
  readonly all?: boolean;
  /** Those of the project, or an error. */
  readonly project?: boolean;
  /** What the policy must not say of any model. */
  readonly failOn: "deny" | "ask";
}

type Render = (models: readonly ReportedModel[], frame: ReportFrame) => string | Promise<string>;

/** Loaded when asked for: one of them has a slow package behind it. */
const DOCUMENTS: Readonly<Record<Exclude<ReportFormat, "table">, () => Promise<Render>>> = {
  markdown: async () => (await import("../../report/markdown.js")).renderMarkdown,
  cyclonedx: async () => (await import("../../report/cyclonedx.js")).renderCycloneDx,
  spdx: async () => (await import("../../report/spdx.js")).renderSpdx,
};

/** The report is printed whole; then comes the error, if one is due. @throws OslmError usage, license-denied, license-not-accepted */
export async function runReport(context: Context, options: ReportOptions): Promise<void> {
  const { out } = context;
  const format = formatIn(REPORT_FORMATS, options.format ?? "table", "oslm license report");
  if (out.json && format !== "table") throw twoFormats(format);
  const frame = { version, endpoint: context.world.endpoint, at: sourceDate(context.env) };
  const models = await modelsOf(context, options);
  if (options.output === undefined) await show(out, models, format, frame);
  else {
    const { output, text } = collector(out);
    await show(output, models, format, frame);
    await writeResult(options.output, text());
  }
  refuseAmong(
    models.map(({ license }) => license),
    options.failOn,
  );
}

/** Without a flag those of the project where it lists any, else all on this disk. */
async function modelsOf({ world, out }: Context, { all, project }: ReportOptions): Promise<readonly Reported[]> {
  const found = all ? undefined : await world.project();
  if (found?.models !== undefined) {
    out.note(`On the models of ${found.shown}; --all reports on those of this disk.`);
    return reportModels(world, found.models);
  }
  if (!project) return reportStored(world);
  throw new OslmError("usage", {
    problem: "no project lists its models here",
    detail: found === undefined ? "There is no oslm.yaml." : `${found.shown} has no models.`,
    help: "oslm license report --all   (or write models: [NAME, ...] into oslm.yaml)",
  });
}

async function show(out: Output, models: readonly Reported[], format: ReportFormat, frame: ReportFrame): Promise<void> {
  if (format === "table")
    return showReportTable(
      out,
      models.map(({ license }) => license),
    );
  const render = await DOCUMENTS[format]();
  const whole: ReportedModel[] = [];
  for (const model of models) whole.push({ ...model, header: await headerFacts(model) });
  out.terminal.stdout.write(await render(whole, frame));
}

/** For the first that is denied, and how many more are; with `ask` for the first that has to be accepted as well. */
function refuseAmong(licenses: readonly ExplainedLicense[], failOn: ReportOptions["failOn"]): void {
  for (const decision of ["deny", failOn]) {
    const [first, ...others] = licenses.filter((license) => license.decision === decision);
    if (first === undefined) continue;
    const more = others.length === 0 ? [] : [`The same holds for ${others.map(({ ref }) => ref).join(", ")}.`];
    throw refusalOf({ ...first, reasons: [...first.reasons, ...more] }, first.ref);
  }
}

/** An output like this one whose results can be had as a text: that of a pipe. */
function collector({ terminal, mode }: Output): { readonly output: Output; readonly text: () => string } {
  const pieces: string[] = [];
  const stdout = new Writable({
    decodeStrings: false,
    write: (piece: string, _, done) => {
      pieces.push(piece);
      done();
    },
  });
  const output = new Output({ ...terminal, stdout, stdoutTty: false, stdoutColor: false }, mode);
  return { output, text: () => pieces.join("") };
}

function twoFormats(format: ReportFormat): OslmError {
  return new OslmError("usage", {
    problem: `--json and --format ${format} exclude each other`,
    detail: "Both say what stdout holds.",
    help: `oslm license report --format ${format}`,
  });
}
