// A token from a person or a pipe, never from the command line, where other users of the machine could see it.
import { checkToken } from "../config/hub-env.js";
import { OslmError } from "../errors.js";
import { askSecret } from "../ui/ask-secret.js";
import type { Terminal } from "../ui/terminal.js";

export interface GivenToken {
  readonly token: string;
  /** For messages. */
  readonly from: string;
}

/** A line longer than any token. */
const MAX_CHARS = 8192;

/** @throws OslmError usage for what cannot be a token, not-interactive where nobody can be asked, interrupted */
export async function readToken(
  terminal: Terminal,
  { stdin, page, signal }: { readonly stdin: boolean; readonly page: string; readonly signal: AbortSignal },
): Promise<GivenToken> {
  const from = stdin ? "standard input" : "the prompt";
  if (!stdin && !terminal.canPrompt) {
    const instead = "oslm auth login --token-stdin < FILE";
    throw new OslmError("not-interactive", { question: "which token to sign in with", instead });
  }
  const text = stdin
    ? await firstLine(terminal.stdin)
    : await askSecret(terminal, `Token from ${page} (it is not shown): `, signal);
  const token = text.trim();
  if (token === "") {
    throw new OslmError("usage", {
      problem: `no token came from ${from}`,
      detail: `Tokens are made at ${page}.`,
      help: stdin ? "oslm auth login --token-stdin < FILE" : "oslm auth login",
    });
  }
  return { token: checkToken(token, from), from };
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    text += chunk.toString();
    if (text.includes("\n") || text.length > MAX_CHARS) break;
  }
  return text.split(/\r?\n/)[0] ?? "";
}
