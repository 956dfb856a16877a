// The flags of run and chat, and what they mean to a session.
import type { Command } from "commander";
import type { AnswerOptions } from "../app/session.js";
import type { Message } from "../runtime/template/render.js";
import { collect, number, quant, tokens } from "./flags.js";

export interface RunOptions {
  readonly system?: string;
  readonly ctx?: number;
  readonly maxTokens?: number;
  readonly temp?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly quant?: string;
  readonly acceptLicense?: readonly string[];
  readonly force?: boolean;
}

export function addRunFlags(command: Command): Command {
  return command
    .option("-s, --system <text>", "system prompt")
    .option("-c, --ctx <tokens>", "context size; default 8192 or the model's own if smaller", tokens)
    .option("-n, --max-tokens <count>", "end the answer after so many tokens", number(1, 2 ** 27, true))
    .option("--temp <number>", "randomness; 0 always takes the likeliest token", number(0, 5))
    .option("--top-p <number>", "draw from the likeliest tokens that make up this probability", number(0, 1))
    .option("--top-k <count>", "draw from so many tokens; 0 from all", number(0, 1_000_000, true))
    .option("--min-p <number>", "leave out tokens below this share of the likeliest", number(0, 1))
    .option("--seed <number>", "the same seed gives the same answer", number(0, 2 ** 32 - 1, true))
    .option("--stop <text>", "end the answer before this text; may be repeated", collect)
    .option("--quant <type>", "this quantization of the model", quant)
    .option("--force", "go on although it does not fit: every other check stays; may fail or be slow")
    .option("--accept-license <id>", "accept this license when pulling; may be repeated", collect);
}

/** What was not given is left to the model's own recommendation. */
export function answerOptions({ temp, topP, topK, minP, seed, maxTokens, stop }: RunOptions): AnswerOptions {
  const given = Object.entries({ temp, topP, topK, minP, seed }).filter(([, value]) => value !== undefined);
  return { sampling: Object.fromEntries(given), stop: stop ?? [], ...(maxTokens === undefined ? {} : { maxTokens }) };
}

/** How a conversation begins. */
export function opening({ system }: RunOptions): Message[] {
  return system === undefined ? [] : [{ role: "system", content: system }];
}
