// oslm license: what the license of a model is and asks for, and what was accepted.
import { Command } from "commander";
import type { ExplainedLicense } from "../../app/explain-license.js";
import { OslmError } from "../../errors.js";
import { quoted } from "../../model/quoted.js";
import { parseRef } from "../../model/ref.js";
import type { Context, ContextOf } from "../context.js";
import { collect } from "../flags.js";
import { offersOf } from "../license-offers.js";
import type { PackFlags } from "../license-pack.js";

interface LicenseOptions {
  readonly acceptLicense?: readonly string[];
  readonly text?: boolean;
}

export function makeLicenseCommand(contextOf: ContextOf, run = runLicense): Command {
  const license = new Command("license")
    .description("what a model's license asks for, and whether it passes; also list, revoke and pack")
    .argument("<model>", "a name, a repository, a file; or list, revoke, pack")
    .option("--accept-license <id>", "accept this license; may be repeated", collect)
    .option("--text", "show the license texts themselves")
    .action((model: string, options: LicenseOptions) => run(contextOf(), model, options));
  license.addCommand(
    new Command("list")
      .description("what was accepted, for what, when and how")
      .action(async () => (await import("../license-acceptances.js")).runList(contextOf())),
  );
  license.addCommand(
    new Command("revoke")
      .description("take back what was accepted; the next pull asks again")
      .argument("<id>", "a license, as `oslm license list` names it")
      .option("--model <name>", "only for this model")
      .action(async (id: string, { model }: { model?: string }) =>
        (await import("../license-acceptances.js")).runRevoke(contextOf(), id, model),
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
        (await import("../license-pack.js")).runPack(contextOf(), model, dir, flags),
      ),
  );
  return license;
}

/** The verdict comes in any case; then the error, unless the license passes. */
export async function runLicense(context: Context, name: string, options: LicenseOptions): Promise<void> {
  const { world, out } = context;
  const { findLicense } = await import("../../app/explain-license.js");
  const ref = parseRef(name, { hub: world.endpoint });
  const finding = await findLicense(world, ref, offersOf(context, options.acceptLicense));
  const { license } = finding;
  if (options.text) (await import("../license-text.js")).showTexts(context, finding);
  else if (out.json) out.document(license, Object.keys(license));
  else if (out.mode.kind === "quiet") out.line(license.id);
  else out.terminal.stdout.write((await import("../show-verdict.js")).renderVerdict(license, out.terminal));
  refuse(license, name);
}

/** @throws OslmError license-denied, license-not-accepted */
function refuse(license: ExplainedLicense, name: string): void {
  const { decision, ref, id, title, class: licenseClass, reasons, rule, url } = license;
  const facts = { ref, id, title, class: licenseClass, reasons, ...rule };
  if (decision === "deny") throw new OslmError("license-denied", facts);
  if (decision === "allow") return;
  const instead = `oslm license ${quoted(name)} --accept-license ${quoted(id)}`;
  throw new OslmError("license-not-accepted", { ...facts, url, instead });
}
