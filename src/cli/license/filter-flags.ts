// The flags that narrow a list of models to the licenses that one may use.
import { type Command, InvalidArgumentError, Option } from "commander";
import type { LicenseWishes } from "../../license/license-filter.js";
import { quoted } from "../../model/quoted.js";
import { isLicenseClass, LICENSE_CLASSES, type LicenseClass } from "../../model/types.js";
import { collect } from "../flags.js";

/** Adds --license, --license-class and --commercial; their values are LicenseWishes (src/license/license-filter.ts). */
export function addLicenseFilterFlags(command: Command): Command {
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
