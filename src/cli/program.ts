// From arguments to an exit code: the command tree, the flags that all commands share, and the one place that reports.
import { Command, CommanderError } from "commander";
import type { BrokenLines } from "../app/world.js";
import { isOslmError, OslmError } from "../errors.js";
import type { Rebuilt } from "../store/model-index.js";
import { Output, type OutputMode } from "../ui/output.js";
import { screenSize } from "../ui/screen-size.js";
import { openTerminal } from "../ui/terminal.js";
import type { Context, ContextOf } from "./context.js";
import { createWorld } from "./create-world.js";
import type { ExitCode } from "./exit-codes.js";
import { addGlobalFlags, expandEquals, type GlobalFlags } from "./flags.js";
import { addHelp } from "./help.js";
import { loadCommands } from "./load-commands.js";
import { START } from "./start.js";
import { missesName, takeOverlays, type Unread } from "./take-overlays.js";
import { version } from "./version.js";

export { isComputing } from "../runtime/computing.js";

type Process = Pick<NodeJS.Process, "env" | "stdin" | "stdout" | "stderr">;

/** Runs one command line and gives its exit code. Never throws, and never ends the process. */
export async function runCli(argv: readonly string[], process: Process, signal: AbortSignal): Promise<ExitCode> {
  let context: Context | undefined;
  const unread: Unread = {};
  const contextOf = () => {
    context ??= createContext(program.opts<GlobalFlags>(), process, signal);
    return context;
  };
  const program = await buildProgram(argv, process, contextOf, unread);
  try {
    if (argv.length === 0) process.stdout.write(START);
    else await program.parseAsync(expandEquals(argv), { from: "user" });
    return 0;
  } catch (thrown) {
    // Whatever broke because of Ctrl-C is not the reader's concern; Ctrl-C is, with what was kept.
    const known = signal.aborted && !isOslmError(thrown, "interrupted") ? signal.reason : thrown;
    // The catalog that could not be read may have had the name.
    const error = unread.error !== undefined && missesName(known) ? unread.error : known;
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const { reportJson, reportOf, reportText } = await import("./report.js");
    const { usageProblem } = await import("./usage.js");
    const report = reportOf(error instanceof CommanderError ? usageProblem(error, program, argv) : error);
    const json = program.opts<GlobalFlags>().json === true || asksForJson(argv);
    process.stderr.write(json ? reportJson(report) : reportText(report, ...faceOf(process, program, argv)));
    // Where a flag was wrong, commander's own stack explains nothing.
    const stack = error instanceof Error && !(error instanceof CommanderError);
    if (program.opts<GlobalFlags>().verbose && stack) process.stderr.write(`${causes(error)}\n`);
    return report.exitCode;
  }
}

/** Also where the flags could not be read, or were not yet. */
function asksForJson(argv: readonly string[]): boolean {
  return argv.some((word) => /^--(json(=|$)|stream=jsonl$)/.test(word));
}

/** How wide an error may be, and whether it may have colors; it may have come before the flags were read. */
function faceOf(
  process: Process,
  program: Command,
  argv: readonly string[],
): [width: number | undefined, color: boolean] {
  const flags = program.opts<GlobalFlags>();
  const color = flags.color && !argv.includes("--no-color");
  const { stderrTty, stderrColor } = openTerminal(process, { ...flags, color, quiet: false });
  return [stderrTty ? screenSize(process.stderr).columns : undefined, stderrColor];
}

async function buildProgram(
  argv: readonly string[],
  process: Process,
  contextOf: ContextOf,
  unread: Unread,
): Promise<Command> {
  const program = addGlobalFlags(new Command("oslm"))
    .description("Pull, check, fit and run open large language models.")
    .version(
      asksForJson(argv) ? JSON.stringify({ version }, null, 2) : `oslm ${version}`,
      "-V, --version",
      "print the version",
    )
    .exitOverride()
    .hook("preAction", (_, command) => takeOverlays(command, contextOf, unread))
    .configureOutput({
      writeOut: (text) => process.stdout.write(text),
      // Usage errors are reported by runCli, in the form of all other errors.
      writeErr: () => {},
    });
  for (const { heading, command } of await loadCommands(argv, contextOf)) {
    command.copyInheritedSettings(program).helpGroup(heading);
    for (const part of command.commands) part.copyInheritedSettings(program);
    program.addCommand(command);
  }
  return addHelp(program);
}

function createContext(flags: GlobalFlags, process: Process, signal: AbortSignal): Context {
  if (flags.json && flags.quiet) {
    throw new OslmError("usage", {
      problem: "--json and --quiet exclude each other",
      detail: "Both say what stdout holds.",
      help: "use one of them",
    });
  }
  const terminal = openTerminal(process, {
    color: flags.color,
    input: flags.input,
    progress: flags.progress,
    quiet: flags.quiet === true || flags.json === true,
  });
  const mode: OutputMode = flags.json
    ? { kind: "json", ...(flags.jsonFields ? { fields: flags.jsonFields } : {}) }
    : { kind: flags.quiet ? "quiet" : "human" };
  const out = new Output(terminal, mode, flags.verbose);
  return {
    world: createWorld(
      process.env,
      flags,
      signal,
      (news) => out.warn(rebuiltText(news)),
      (news) => out.warn(brokenText(news)),
    ),
    out,
    flags,
    env: process.env,
  };
}

/** The disk tells files and hashes; what it does not tell is said to be lost. */
function rebuiltText({ aside, models, unknown }: Rebuilt): string {
  const what = aside === null ? "lost" : "broken";
  const old = aside === null ? "" : `, and the old one is ${aside}`;
  const lost =
    unknown === 0
      ? ""
      : `; of ${unknown} of them neither licenses nor other names could be known, nor what was imported from elsewhere`;
  return `the list of models was ${what}; it has been made anew (models: ${models})${lost}${old}`;
}

function brokenText({ path, lines }: BrokenLines): string {
  const which = lines.length === 1 ? `line ${lines[0]} makes` : `${lines.length} lines (the first is ${lines[0]}) make`;
  return `in the record of license acceptances ${which} no sense; what it says counts as not accepted (${path})`;
}

function causes(error: Error): string {
  return `${error.stack ?? error.message}${error.cause instanceof Error ? `\nCaused by ${causes(error.cause)}` : ""}`;
}
