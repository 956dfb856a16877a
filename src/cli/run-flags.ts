// The flags of run, chat, complete and batch, and what they mean to a session.
import { type Command, InvalidArgumentError, Option } from "commander";
import type { AnswerOptions, RawText } from "../app/run/session.js";
import { ANSWER_BOUNDS, type AnswerNumber, type AnswerNumbers } from "../model/answer-bounds.js";
import type { AdapterFile } from "../runtime/engine.js";
import type { Message } from "../runtime/template/render.js";
import { adapter } from "./adapter-flag.js";
import { collect, number, quant, tokens } from "./flags.js";
import type { Showing } from "./stream-answer.js";

export interface RunOptions extends AnswerNumbers {
  readonly system?: string;
  readonly ctx?: number;
  readonly think?: boolean;
  readonly thinkMode?: "off" | "hide";
  readonly stop?: readonly string[];
  readonly quant?: string;
  readonly acceptLicense?: readonly string[];
  readonly force?: boolean;
  /** False with --no-cache. */
  readonly cache?: boolean;
  readonly lora?: readonly AdapterFile[];
  readonly draft?: string;
  readonly lookup?: boolean;
  /** Of `oslm complete`: the prompt is continued as it stands. */
  readonly raw?: RawText;
}

export function addRunFlags(command: Command): Command {
  return addCacheFlag(addAnswerFlags(addTemplateFlags(command)));
}

/** What a template makes something of. */
export function addTemplateFlags(command: Command): Command {
  return command
    .option("-s, --system <text>", "system prompt")
    .option("--think", "ask for thinking, which goes to stderr; --think=off asks for none, --think=hide drops it")
    .addOption(new Option("--think-mode <mode>").choices(["off", "hide"]).hideHelp());
}

export function addCacheFlag(command: Command): Command {
  return command.option("--no-cache", "read the whole prompt anew, and keep nothing of it");
}

/** How a model is loaded, and how it answers. */
export function addAnswerFlags(command: Command): Command {
  return command
    .option("-c, --ctx <tokens>", "context size; default 8192 or the model's own if smaller", tokens)
    .option("-n, --max-tokens <count>", "end the answer after so many tokens", within("maxTokens"))
    .option("--temp <number>", "randomness, 0.8; 0 always takes the likeliest token", within("temp"))
    .option("--top-p <number>", "draw from the likeliest tokens that make up this probability, 0.95", within("topP"))
    .option("--top-k <count>", "draw from so many tokens, 40; 0 from all", within("topK"))
    .option("--min-p <number>", "leave out tokens below this share of the likeliest, 0.05", within("minP"))
    .option("--repeat-penalty <number>", "make what was said less likely; 1, which does not", within("repeatPenalty"))
    .option("--presence-penalty <number>", "the same, once for each token that was said; 0", within("presencePenalty"))
    .option("--frequency-penalty <number>", "the same, for each time it was said; 0", within("frequencyPenalty"))
    .option("--repeat-last-n <count>", "how many tokens the penalties look back, 64", within("repeatLastN"))
    .option("--seed <number>", "the same seed gives the same answer", within("seed"))
    .option("--stop <text>", "end the answer before this text; may be repeated", stopText)
    .option("--quant <type>", "this quantization of the model", quant)
    .option("--lora <file>", "add a LoRA adapter (GGUF); FILE:0.5 adds half of it; may be repeated", adapter)
    .addOption(
      new Option(
        "--draft <model>",
        "a small model of the same family guesses ahead; faster where it is right",
      ).conflicts("lookup"),
    )
    .option("--lookup", "guess ahead from the prompt; faster where the answer repeats it")
    .option("--force", "go on although it does not fit: every other check stays; may fail or be slow")
    .option("--accept-license <id>", "accept this license when pulling; may be repeated", collect)
    .addHelpText("after", SAMPLING_NOTE);
}

function within(name: AnswerNumber): (text: string) => number {
  const { low, high, whole } = ANSWER_BOUNDS[name];
  return number(low, high, whole);
}

function stopText(value: string, before: readonly string[] = []): string[] {
  if (value === "") throw new InvalidArgumentError("It must be a text that is not empty.");
  return [...before, value];
}

/** Figures in the help are `SAMPLING` of app/default-sampling.ts. */
const SAMPLING_NOTE = `
How tokens are drawn: where a flag is not given the model's own file decides (general.sampling.*), else llama.cpp's default,
which the flag's line has.`;

/** What was not given is left to the model's own recommendation. */
export function answerOptions(options: RunOptions): AnswerOptions & Showing {
  const { maxTokens, stop, think, thinkMode, raw } = options;
  const thinking = thinkMode === "off" ? "off" : think && thinkMode === undefined ? "on" : undefined;
  return {
    sampling: samplingOf(options),
    stop: stop ?? [],
    hideThinking: thinkMode === "hide",
    ...(thinking && { thinking }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(raw && { raw }),
  };
}

function samplingOf(options: RunOptions): AnswerOptions["sampling"] {
  const { temp, topP, topK, minP, seed, repeatPenalty, presencePenalty, frequencyPenalty, repeatLastN } = options;
  const all = { temp, topP, topK, minP, repeatPenalty, presencePenalty, frequencyPenalty, repeatLastN, seed };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** How a conversation begins. */
export function opening({ system }: RunOptions): Message[] {
  return system === undefined ? [] : [{ role: "system", content: system }];
}
