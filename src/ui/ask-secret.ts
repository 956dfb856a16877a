// Asks a person for something that must not be shown.
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { OslmError } from "../errors.js";
import type { Terminal } from "./terminal.js";

/**
 * What was typed or pasted on one line, without showing it; empty when the input ended.
 * @throws OslmError interrupted for Ctrl-C, and whatever `signal` was aborted with
 */
export async function askSecret(terminal: Terminal, question: string, signal: AbortSignal): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // As a terminal, so that nothing is echoed and keys such as Backspace work; what they would show goes nowhere.
  const lines = createInterface({ input: terminal.stdin, output: nowhere, terminal: true, historySize: 0 });
  terminal.stderr.write(question);
  const interrupted = new Promise<never>((_, reject) => {
    lines.once("SIGINT", () => reject(new OslmError("interrupted", { signal: "SIGINT" })));
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  try {
    return await Promise.race([lines.question(""), interrupted, closed]);
  } finally {
    lines.close();
    terminal.stderr.write("\n");
  }
}
