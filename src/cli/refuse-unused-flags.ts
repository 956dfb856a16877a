// A flag that changes nothing is a mistake of whoever gave it, and is told.
import type { Command } from "commander";
import { OslmError } from "../errors.js";

/** Those that describe another machine than this one. */
const MACHINE = ["--ram", "--vram", "--bandwidth", "--margin", "--gpu"];

/** For a command whose flag `mode` stands alone. @throws OslmError usage naming the first flag beside it */
export function refuseUnusedFlags(command: Command, mode: string): void {
  const given = (of: Command) => of.options.filter((flag) => of.getOptionValueSource(flag.attributeName()) === "cli");
  const machine =
    command.parent === null ? [] : given(command.parent).filter(({ long = "" }) => MACHINE.includes(long));
  const [unused] = [...given(command), ...machine].filter(({ long }) => long !== mode);
  if (unused === undefined) return;
  throw new OslmError("usage", {
    problem: `oslm ${command.name()} ${mode} takes no ${unused.long}`,
    detail: "It would change nothing of what is shown.",
    help: `oslm ${command.name()} ${mode}`,
  });
}
