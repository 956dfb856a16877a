// The prompt of a one-shot run: what is piped in, a blank line, the argument.
import { text } from "node:stream/consumers";
import { OslmError } from "../errors.js";
import type { Terminal } from "../ui/terminal.js";

/** More than any context holds; a pipe that never ends must not fill the memory. */
const MAX_STDIN_CHARS = 64_000_000;

/** The joined prompt, or undefined when there is neither an argument nor a pipe: then a person wants to chat. */
export async function readPrompt(argument: string | undefined, terminal: Terminal): Promise<string | undefined> {
  if (terminal.stdinTty) return argument;
  const piped = (await text(limited(terminal.stdin))).replace(/\s+$/, "");
  const asked = argument === "-" ? undefined : argument;
  const prompt = [piped, asked].filter((part) => part !== undefined && part !== "").join("\n\n");
  if (prompt === "") {
    throw new OslmError("usage", {
      problem: "there is no prompt",
      detail: "Standard input is no terminal to chat on, and nothing came from it.",
      help: 'oslm run MODEL "prompt"   or pipe a text into it',
    });
  }
  return prompt;
}

async function* limited(stream: NodeJS.ReadableStream): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    length += bytes.length;
    if (length > MAX_STDIN_CHARS) throw new OslmError("usage", { problem: "the piped text is longer than 64 MB" });
    yield bytes;
  }
}
