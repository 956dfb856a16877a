// Flags that every command understands, and the parsers of flag values.
import { type Command, InvalidArgumentError, Option } from "commander";
import { OslmError } from "../errors.js";
import type { ChoiceWishes } from "../fit/choose.js";
import type { Preference } from "../fit/preferences.js";
import { boundsText, isWithin } from "../model/answer-bounds.js";
import { parseSize } from "../model/parse-size.js";
import { parseQuant } from "../model/quant.js";

export interface GlobalFlags {
  readonly json?: boolean;
  readonly jsonFields?: readonly string[];
  readonly quiet?: boolean;
  readonly yes?: boolean;
  readonly input: boolean;
  readonly offline?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
  readonly progress: boolean;
  readonly ram?: number;
  readonly vram?: number;
  readonly bandwidth?: number;
  readonly margin?: number;
  readonly gpu?: "none" | "auto" | number;
  readonly policy?: string;
}

export function addGlobalFlags(program: Command): Command {
  return program
    .addOption(new Option("--json", "print one JSON document; --json=a,b only those fields"))
    .addOption(new Option("--json-fields <fields>").argParser((text) => text.split(",")).hideHelp())
    .addOption(new Option("-q, --quiet", "print identifiers and paths only"))
    .addOption(new Option("-y, --yes", "answer yes to questions (never accepts a license)"))
    .addOption(new Option("--no-input", "never ask; fail where a question would be asked"))
    .addOption(new Option("--offline", "make no network request"))
    .addOption(new Option("--verbose", "say more, and show stack traces"))
    .addOption(new Option("--no-color", "no colors"))
    .addOption(new Option("--no-progress", "no progress display"))
    .addOption(new Option("--ram <size>", "plan for this much RAM, such as 8GB").argParser(size))
    .addOption(new Option("--vram <size>", "plan for this much VRAM; 0 plans without a GPU").argParser(size))
    .addOption(new Option("--bandwidth <GB/s>", "plan for RAM of this speed").argParser(gigabytesPerSecond))
    .addOption(new Option("--margin <percent>", "leave so much of RAM and VRAM free; default 5").argParser(percent))
    .addOption(new Option("--gpu <layers>", "none, auto, or how many layers go to the GPU").argParser(gpu))
    .addOption(new Option("--policy <file>", "license policy, in place of the project's oslm.yaml"));
}

/** How to choose among the quantizations of a model. */
export interface ChoiceOptions {
  readonly quant?: string;
  readonly ctx?: number;
  readonly prefer?: Preference;
}

export function addChoiceFlags(command: Command): Command {
  return addPreferenceFlags(command).option(
    "-c, --ctx <tokens>",
    "context to fit; default 8192 or the model's own if smaller",
    tokens,
  );
}

/** The same without the context. */
export function addPreferenceFlags(command: Command): Command {
  return command
    .option("--quant <type>", "only this quantization, such as q5_k_m; no other is taken in its place", quant)
    .addOption(
      new Option(
        "--prefer <what>",
        "balanced: the best up to Q8_0 at reading speed; quality: the best that fits; speed: the smallest of Q4 quality; context: the longest",
      )
        .choices(["balanced", "quality", "speed", "context"])
        .default("balanced"),
    );
}

/** The same without the fields that were not given. */
export function choiceWishes({ quant, ctx, prefer }: ChoiceOptions): ChoiceWishes {
  return { ...(quant && { quant }), ...(ctx && { ctx }), ...(prefer && { prefer }) };
}

export function quant(text: string): string {
  const label = parseQuant(text);
  if (label === undefined) throw new InvalidArgumentError("It must be a quantization, such as Q4_K_M or Q8_0.");
  return label;
}

/** Flags whose value is optional, and the hidden flag that takes it. */
export const EQUALS: Readonly<Record<string, string>> = {
  "--json": "--json-fields",
  "--think": "--think-mode",
  "--stream": "--stream-mode",
};

/** What commander says of a hidden flag, as it was written: `--think=maybe` is no `--think-mode`. */
export function withEquals(message: string): string {
  return Object.entries(EQUALS).reduce((text, [flag, hidden]) => text.replaceAll(`${hidden} <`, `${flag}=<`), message);
}

/** `--json=a,b` as commander can read it: an optional value would swallow the next argument. */
export function expandEquals(argv: readonly string[]): string[] {
  const end = argv.indexOf("--");
  return argv.flatMap((word, index) => {
    const [flag = "", ...rest] = word.split("=");
    const hidden = EQUALS[flag];
    if (hidden === undefined || rest.length === 0 || (end >= 0 && index > end)) return [word];
    return [flag, `${hidden}=${rest.join("=")}`];
  });
}

/** A parser of numbers for commander; both ends are allowed values. */
export function number(low: number, high: number, integer = false): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const bounds = { low, high, whole: integer };
    if (text.trim() === "" || !isWithin(value, bounds))
      throw new InvalidArgumentError(`It must be ${boundsText(bounds)}.`);
    return value;
  };
}

/** No engine holds more, and no model was made for as much. */
const MOST_TOKENS = 2 ** 27;

/** A parser of context sizes and the like: a positive whole number of tokens; `8k` is 8192. */
export function tokens(text: string): number {
  const match = /^(\d+)(k?)$/i.exec(text);
  const value = match ? Number(match[1]) * (match[2] ? 1024 : 1) : 0;
  if (value > MOST_TOKENS) throw new InvalidArgumentError(`It may be ${MOST_TOKENS} tokens at most.`);
  if (value === 0) throw new InvalidArgumentError("It must be a number of tokens, such as 4096 or 8k.");
  return value;
}

/** The same, several of them with commas between; each once. */
export function contexts(text: string): number[] {
  return [...new Set(text.split(",").map((one) => tokens(one.trim())))];
}

function gpu(text: string): "none" | "auto" | number {
  if (text === "none" || text === "auto") return text;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be none, auto, or a number of layers.");
}

/** Below it a number without a unit was meant in gigabytes, not in bytes. */
const SMALLEST_PLAIN = 1_000_000;

export function size(text: string): number {
  try {
    const bytes = parseSize(text);
    if (/[a-z]/i.test(text) || bytes === 0 || bytes >= SMALLEST_PLAIN) return bytes;
    throw new InvalidArgumentError(`It needs its unit: ${text.trim()}GB or ${text.trim()}MB.`);
  } catch (error) {
    if (error instanceof OslmError) throw new InvalidArgumentError("It must be a size, such as 8GB or 512MB.");
    throw error;
  }
}

function gigabytesPerSecond(text: string): number {
  return number(0.1, 100_000)(text.replace(/\s*GB(\/s)?$/i, "")) * 1e9;
}

function percent(text: string): number {
  return number(0, 90)(text.replace(/\s*%$/, "")) / 100;
}

/** Collects a repeatable flag. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
