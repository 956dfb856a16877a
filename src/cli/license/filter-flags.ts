// The flags that narrow a list of models to the licenses that one may use.
import { type Command, InvalidArgumentError, Option } from "commander";
import type { LicenseWishes } from "../../license/license-filter.js";
import { quoted } from "../../model/quoted.js";
import { isLicenseClass, LICENSE_CLASSES, type LicenseClass } from "../../model/types.js";
import { collect } from "../flags.js";

/**
 * Adds --license, --license-class and --commercial; their values are LicenseWishes (src/license/license-filter.ts).
 * @param ids whether a license must be a known one: cards of models that are stored may name their own
 */
export function addLicenseFilterFlags(command: Command, ids: "known" | "any" = "known"): Command {
  if (ids === "known") command.hook("preAction", (_, called) => checkIds(called));
  return command
    .addOption(
      new Option("--license <id>", "only this license, such as apache-2.0; may be repeated").argParser(collect),
    )
    .addOption(
      new Option(
        "--license-class <class>",
        `only licenses of this class; may be repeated: ${LICENSE_CLASSES.join(", ")}`,
      ).argParser(licenseClass),
    )
    .option("--commercial", "only licenses that allow commercial use; what has conditions is marked as such");
}

async function checkIds(called: Command): Promise<void> {
  const { license, list } = called.opts<LicenseWishes & { readonly list?: boolean }>();
  if (license === undefined) return;
  const { checkLicenseIds } = await import("./check-license-ids.js");
  const command = ["oslm", called.name(), ...called.args.map(quoted), ...(list ? ["--list"] : [])];
  checkLicenseIds(license, command.join(" "));
}

/** The same flags again, for a command that can be pasted. */
export function licenseFilterFlags({ license = [], licenseClass = [], commercial }: LicenseWishes): string[] {
  return [
    ...license.map((id) => `--license ${quoted(id)}`),
    ...licenseClass.map((one) => `--license-class ${one}`),
    ...(commercial ? ["--commercial"] : []),
  ];
}

function licenseClass(text: string, before: readonly LicenseClass[] = []): readonly LicenseClass[] {
  if (!isLicenseClass(text)) throw new InvalidArgumentError(`It must be one of: ${LICENSE_CLASSES.join(", ")}.`);
  return [...before, text];
}
