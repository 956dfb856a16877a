// The flags of a conversation, for chat and for run without a prompt.
import type { Command } from "commander";
import { OslmError } from "../errors.js";

export interface ChatOptions {
  readonly continue?: boolean;
  readonly session?: string;
  readonly plain?: boolean;
}

export function addChatFlags(command: Command): Command {
  return command
    .option("--continue", "go on with the latest conversation with this model")
    .option("--session <name>", "go on with the conversation of that name, or begin it")
    .option("--plain", "chat by plain lines, without redrawing; for screen readers too");
}

/** @throws OslmError usage when one of them came with a prompt, where it would do nothing */
export function refuseChatFlags(options: ChatOptions): void {
  const [flag] = (["continue", "session", "plain"] as const).filter((name) => options[name] !== undefined);
  if (flag === undefined) return;
  throw new OslmError("usage", {
    problem: `--${flag} is for a chat, and there is a prompt`,
    detail: "One answer to a prompt is no conversation.",
    help: `leave the prompt or --${flag} out`,
  });
}
