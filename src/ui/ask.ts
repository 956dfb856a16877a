// Asks a person one question on stderr.
import { createInterface } from "node:readline/promises";
import { OslmError } from "../errors.js";
import type { Terminal } from "./terminal.js";

/**
 * True for yes, false for anything else.
 * @throws OslmError interrupted for Ctrl-C, and whatever `signal` was aborted with
 */
export async function ask(terminal: Terminal, question: string, signal: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input: terminal.stdin, output: terminal.stderr, terminal: true });
  const interrupted = new Promise<never>((_, reject) => {
    lines.once("SIGINT", () => reject(new OslmError("interrupted", { signal: "SIGINT" })));
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  // Enter ends the line of the question; Ctrl-C and Ctrl-D leave it open for what is said next.
  let open = true;
  const answered = lines.question(`${question} [y/N] `).then((text) => {
    open = false;
    return text;
  });
  try {
    const answer = await Promise.race([answered, interrupted, closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
    if (open) terminal.stderr.write("\n");
  }
}
