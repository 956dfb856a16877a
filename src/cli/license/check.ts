// oslm license for CI: several models in one report, as text, JUnit XML or SARIF.
import { judgeModels } from "../../app/license/judge-models.js";
import { OslmError } from "../../errors.js";
import { quoted } from "../../model/quoted.js";
import type { Context } from "../context.js";
import { reportOf, reportText } from "../report.js";
import { writeResult } from "../write-result.js";
import { type CheckedModel, checkedModel } from "./checked-model.js";
import type { CheckFormat } from "./formats.js";
import { offersOf } from "./offers.js";
import { renderVerdict } from "./show-verdict.js";

export interface CheckRequest {
  readonly names: readonly string[];
  readonly format: CheckFormat;
  /** A file for the report, in place of stdout. */
  readonly output?: string | undefined;
  readonly acceptLicense?: readonly string[] | undefined;
  /** Asked for, and not to be had in a report. */
  readonly text?: boolean;
}

/**
 * The report comes in any case; then the first refusal, or else the first error.
 * @throws OslmError usage, bad-policy, license-denied, license-not-accepted, and those of models that could not be looked up
 */
export async function checkLicenses(context: Context, request: CheckRequest): Promise<void> {
  const { world, out } = context;
  const { format, output } = request;
  if (request.text) {
    throw new OslmError("usage", {
      problem: "--text shows the texts of one model",
      detail: "Several models, --format and --output make a report, which holds none.",
      help: `oslm license ${quoted(request.names[0] ?? "MODEL")} --text`,
    });
  }
  if (out.json) {
    throw new OslmError("usage", {
      problem: "--json shows one license, in a form of its own",
      detail: "Several models, --format and --output make a report, which stdout or the file holds as it is.",
      help: "oslm license MODEL... --format sarif",
    });
  }
  const models = (await judgeModels(world, request.names, offersOf(context, request.acceptLicense))).map(checkedModel);
  const report = await reportOn(models, format, context);
  if (output === undefined) out.terminal.stdout.write(report);
  else await writeResult(output, report);
  const failed = models.filter(({ failure }) => failure !== undefined);
  const first = failed.find(({ license }) => license !== undefined) ?? failed[0];
  for (const { failure } of failed) if (failure !== first?.failure) out.note(`oslm: ${reportOf(failure).message}`);
  if (output !== undefined) out.note(`${models.length} judged, ${failed.length} of them not passing: ${output}`);
  if (first?.failure !== undefined) throw first.failure;
}

async function reportOn(
  models: readonly CheckedModel[],
  format: CheckFormat,
  { out: { terminal } }: Context,
): Promise<string> {
  if (format === "junit") return (await import("./junit.js")).licenseJunit(models, terminal);
  if (format === "sarif") return (await import("./sarif.js")).licenseSarif(models, process.cwd());
  const text = ({ license, failure }: CheckedModel) =>
    license === undefined ? reportText(reportOf(failure)) : renderVerdict(license, terminal);
  return models.map(text).join("\n");
}
