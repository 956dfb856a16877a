// What `oslm --help` says beyond the list of commands, and the help topics.
import { Command, Option } from "commander";
import { OslmError } from "../errors.js";
import { suggest } from "../model/suggest.js";
import { TOPICS } from "./topics/topics.js";
import { exampleLines } from "./verb-notes.js";

const EXAMPLES = `Examples:
  oslm run demo "How do I pull a model?"      the embedded demo model, offline
  oslm pull qwen2:0.5b                        check, choose, download, verify
  oslm run qwen2:0.5b "Summarise this" < notes.txt
  oslm list --json | jq '.[].name'
`;

/** Arranges `oslm --help`: commands, flags, examples, topics; and adds `oslm help NAME`. */
export function addHelp(program: Command): Command {
  // commander would put the flags, which few look for, before the commands, which everybody does.
  // And with the arguments of each, that `oslm help NAME` shows, most of the lines would take two.
  const subcommandTerm = (one: Command): string => [one.name(), ...one.aliases()].join("|");
  program.configureHelp({ visibleOptions: () => [], subcommandTerm });
  program.addHelpText("after", () => `\n${flags(program)}\n${EXAMPLES}\n${topicLines()}`);
  for (const command of program.commands) {
    command.addHelpText("after", () => `${exampleLines(command.name())}\nFlags of every command: oslm --help`);
  }
  const help = new Command("help")
    .description("explain a command or a topic")
    .argument("[name]", `a command, or one of: ${Object.keys(TOPICS).join(", ")}`)
    .argument("[part]", "a part of the command, as report of license")
    .copyInheritedSettings(program)
    .helpGroup("More:")
    .action((name?: string, part?: string) => explain(program, name, part));
  return program.helpCommand(false).addCommand(help);
}

function topicLines(): string {
  const width = Math.max(...Object.keys(TOPICS).map((name) => name.length));
  const lines = Object.entries(TOPICS).map(([name, { title }]) => `  oslm help ${name.padEnd(width)}  ${title}`);
  return `Topics:\n${lines.join("\n")}\n`;
}

async function explain(program: Command, name?: string, part?: string): Promise<void> {
  const topic = name !== undefined && Object.hasOwn(TOPICS, name) ? TOPICS[name] : undefined;
  const command = named(program, name);
  const known = topic ?? command;
  if (name === undefined) program.outputHelp();
  else if (known === undefined) throw unknownTopic(program, name);
  else if (part !== undefined) {
    const found = command && named(command, part);
    if (found === undefined) throw unknownPart(command, name, part);
    found.outputHelp();
  } else if (topic) program.configureOutput().writeOut?.(await topic.text());
  else command?.outputHelp();
}

function named(above: Command, word: string | undefined): Command | undefined {
  return above.commands.find((one) => word !== undefined && [one.name(), ...one.aliases()].includes(word));
}

/** @param command none where `name` is a topic */
function unknownPart(command: Command | undefined, name: string, part: string): OslmError<"usage"> {
  const parts = command?.commands.map((one) => one.name()) ?? [];
  const [nearest] = suggest(part, parts, 1);
  const all = parts.length === 0 ? `${name} has no parts.` : `There are ${parts.join(", ")}.`;
  return new OslmError("usage", {
    problem: `there is no help on ${JSON.stringify(part.slice(0, 40))} of ${name}`,
    detail: nearest === undefined ? all : `Did you mean ${nearest}?`,
    help: `oslm help ${name}${nearest === undefined ? "" : ` ${nearest}`}`,
  });
}

function unknownTopic(program: Command, name: string): OslmError<"usage"> {
  const topics = Object.keys(TOPICS);
  const verbs = program.commands.map((command) => command.name()).filter((verb) => !verb.startsWith("__"));
  const [nearest] = suggest(name, [...topics, ...verbs], 1);
  return new OslmError("usage", {
    problem: `there is no help on ${JSON.stringify(name.slice(0, 40))}`,
    detail: nearest === undefined ? `The topics are ${topics.join(", ")}.` : `Did you mean ${nearest}?`,
    help: nearest === undefined ? "oslm help" : `oslm help ${nearest}`,
  });
}

function flags(program: Command): string {
  const helper = program.createHelp();
  const items = [...program.options.filter((option) => !option.hidden), new Option("-h, --help", "explain a command")];
  const width = Math.max(...items.map((option) => helper.optionTerm(option).length));
  const lines = items.map((option) => `  ${helper.optionTerm(option).padEnd(width)}  ${option.description}`);
  return `Flags of every command:\n${lines.join("\n")}\n`;
}
