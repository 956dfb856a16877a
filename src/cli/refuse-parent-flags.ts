// The parser takes the flags of a command also where they stand behind a subcommand of it, and would swallow them there.
import type { Command } from "commander";
import { OslmError } from "../errors.js";

/** For the hook `preSubcommand`. @throws OslmError usage for a flag that the subcommand does not have */
export function refuseParentFlags(parent: Command, subcommand: Command): void {
  const given = parent.options.filter((option) => parent.getOptionValueSource(option.attributeName()) === "cli");
  const foreign = given.find(({ long }) => !subcommand.options.some((own) => own.long === long));
  if (foreign === undefined) return;
  const command = `oslm ${parent.name()} ${subcommand.name()}`;
  throw new OslmError("usage", {
    problem: `${command} has no ${foreign.long}`,
    detail: `It is a flag of oslm ${parent.name()} without ${subcommand.name()}.`,
    help: `${command} --help`,
  });
}
