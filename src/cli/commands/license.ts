// oslm license: what the license of a model is and asks for, and what was accepted.
import { Command, Option } from "commander";
import { parseRef } from "../../model/ref.js";
import type { Context, ContextOf } from "../context.js";
import { collect } from "../flags.js";
import { CHECK_FORMATS, formatIn, REPORT_FORMATS } from "../license/formats.js";
import { offersOf } from "../license/offers.js";
import type { PackFlags } from "../license/pack.js";
import { refusalOf } from "../license/refusal.js";
import type { ReportOptions } from "../license/report.js";
import { refuseParentFlags } from "../refuse-parent-flags.js";

interface LicenseOptions {
  readonly acceptLicense?: readonly string[];
  readonly format?: string;
  readonly output?: string;
  readonly text?: boolean;
}

export function makeLicenseCommand(contextOf: ContextOf, run = runLicense): Command {
  const license = new Command("license")
    .description("what a model's license asks for, and whether it passes; also report, pack, list and revoke")
    .hook("preSubcommand", refuseParentFlags)
    .argument("<model...>", "a name, a repository, a file; or report, pack, list, revoke")
    .option("--accept-license <id>", "accept this license; may be repeated", collect)
    .option("--text", "show the license texts themselves")
    .option("--format <form>", `a report for CI, on several models too: ${CHECK_FORMATS.join(", ")}`)
    .option("-o, --output <file>", "write the report there")
    .action((models: string[], options: LicenseOptions) => run(contextOf(), models, options));
  license.addCommand(
    new Command("list")
      .description("what was accepted, for what, when and how")
      .action(async () => (await import("../license/acceptances.js")).runList(contextOf())),
  );
  license.addCommand(
    new Command("revoke")
      .description("take back what was accepted; the next pull or use asks again")
      .argument("<id>", "a license, as `oslm license list` names it")
      .option("--model <name>", "only for this model")
      .action(async (id: string, { model }: { model?: string }) =>
        (await import("../license/acceptances.js")).runRevoke(contextOf(), id, model),
      ),
  );
  license.addCommand(
    new Command("report")
      .description("the licenses of all models: those that the project's oslm.yaml lists, else all on this disk")
      .option("--format <form>", `what to write: ${REPORT_FORMATS.join(", ")}`)
      .option("-o, --output <file>", "write it there, not to stdout")
      .addOption(new Option("--all", "all on this disk, whatever the project lists").conflicts("project"))
      .option("--project", "those that the project lists, or an error")
      .addOption(new Option("--fail-on <decision>", "exit 5 from here on").choices(["deny", "ask"]).default("deny"))
      .action(async (_options: unknown, report: Command) =>
        (await import("../license/report.js")).runReport(contextOf(), report.optsWithGlobals<ReportOptions>()),
      ),
  );
  license.addCommand(
    new Command("pack")
      .description("write the folder that has to go with the model when you pass it on")
      .argument("<model>", "a name, a repository or a file")
      .argument("<dir>", "a new folder")
      .option("--name <name>", "what you will publish it as; some licenses fix how it begins")
      .option("--allow-incomplete", "write it even when something is missing")
      .action(async (model: string, dir: string, flags: PackFlags) =>
        (await import("../license/pack.js")).runPack(contextOf(), model, dir, flags),
      ),
  );
  return license;
}

/** The verdict comes in any case; then the error, unless the license passes. */
export async function runLicense(
  context: Context,
  names: readonly string[],
  { format, ...options }: LicenseOptions,
): Promise<void> {
  const { world, out } = context;
  const [name = "", ...others] = names;
  if (format !== undefined || options.output !== undefined || others.length > 0) {
    const { checkLicenses } = await import("../license/check.js");
    return checkLicenses(context, {
      names,
      format: formatIn(CHECK_FORMATS, format ?? "text", "oslm license MODEL"),
      ...options,
    });
  }
  const { findLicense } = await import("../../app/license/explain-license.js");
  const ref = parseRef(name, { hub: world.endpoint });
  const finding = await findLicense(world, ref, offersOf(context, options.acceptLicense));
  const { license } = finding;
  if (options.text) (await import("../license/text.js")).showTexts(context, finding);
  else if (out.json) out.document(license, Object.keys(license));
  else if (out.mode.kind === "quiet") out.line(license.id);
  else out.terminal.stdout.write((await import("../license/show-verdict.js")).renderVerdict(license, out.terminal));
  const refusal = refusalOf(license, name);
  if (refusal !== undefined) throw refusal;
}
