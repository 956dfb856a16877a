// The flags that only one-shot runs have.
import { type Command, Option } from "commander";
import { OslmError } from "../errors.js";
import { collect, number } from "./flags.js";

export interface PromptOptions {
  readonly file?: readonly string[];
  readonly truncate?: boolean;
  readonly format?: "json";
  readonly schema?: string;
  readonly grammar?: string;
  readonly nProbs?: number;
  readonly stream?: boolean;
  readonly streamMode?: "text" | "jsonl";
  readonly receipt?: string;
}

export function addPromptFlags(command: Command): Command {
  return command
    .option("-f, --file <path>", "a text file that comes before the prompt; may be repeated", collect)
    .option("--truncate", "leave out the middle of files and piped text where the context is too small")
    .addOption(new Option("--format <format>", "answer with a JSON object").choices(["json"]))
    .option("--schema <path>", "answer with JSON that satisfies this JSON Schema")
    .option("--grammar <path>", "answer with a text of this GBNF grammar")
    .option("--n-probs <count>", "with --json: each token with so many likeliest ones", number(1, 1000, true))
    .option("--stream", "print as it comes what would wait for a check; --stream=jsonl prints events")
    .addOption(new Option("--stream-mode <mode>").choices(["text", "jsonl"]).hideHelp())
    .option("--receipt <path>", "write what oslm replay needs, prompt and answer in it");
}

/** Whether the answer is to be of a certain form. */
export function wantsShape({ format, schema, grammar }: PromptOptions): boolean {
  return (format ?? schema ?? grammar) !== undefined;
}

/** @param prompted whether there is a prompt: without one it is a chat @throws OslmError usage */
export function checkPromptFlags(options: PromptOptions, json: boolean, prompted: boolean): void {
  const { format, schema, grammar, nProbs, stream, streamMode, receipt, truncate } = options;
  const wanted = [format && "--format", schema && "--schema", grammar && "--grammar"].filter(isGiven);
  if (wanted.length > 1) {
    throw refused(`${wanted.slice(0, 2).join(" and ")} exclude each other`, "use one of them");
  }
  const others = [nProbs && "--n-probs", stream && "--stream", receipt && "--receipt", truncate && "--truncate"];
  const alone = [...wanted, ...others.filter(isGiven)];
  if (!prompted && alone[0]) throw refused(`${alone[0]} needs a prompt`, 'oslm run MODEL "prompt"');
  if (nProbs !== undefined && !json && streamMode !== "jsonl") {
    throw refused("--n-probs has no place in a text", "add --json, or --stream=jsonl");
  }
  if (stream && json) throw refused("--stream and --json exclude each other", "--stream=jsonl for a program");
}

function isGiven(flag: unknown): flag is string {
  return typeof flag === "string";
}

function refused(problem: string, help: string): OslmError<"usage"> {
  return new OslmError("usage", { problem, detail: "The command line was not understood.", help });
}
