// Tries a person's grammar where it can do no harm. llama.cpp writes what is wrong with one straight to stderr, and ends the
// process for one that is nested a hundred thousand levels deep (a segmentation fault): both belong into another process.
import type { GrammarFault } from "../engine.js";
import { startChild } from "./start-child.js";

const DEADLINE_MS = 10_000;
/** Of what the library says, which ends with the whole grammar. */
const KEPT_TEXT = 4_000_000;

/** Undefined for a good grammar, and where none can be tried. Throws the signal's reason. */
export async function tryGrammar(
  grammar: string,
  signal?: AbortSignal,
  script = new URL("./grammar-trial.js", import.meta.url),
): Promise<GrammarFault | undefined> {
  if (process.platform !== "linux") return undefined;
  const { fileURLToPath } = await import("node:url");
  const child = startChild([fileURLToPath(script)], DEADLINE_MS);
  if (child === undefined) return undefined;
  const stop = (): void => void child.kill("SIGKILL");
  signal?.addEventListener("abort", stop);
  let said = "";
  const { stdin, stdout, stderr }: Partial<typeof child> = child;
  stdout?.resume();
  stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(0, KEPT_TEXT);
  });
  // It may end before it has read everything.
  stdin?.on("error", () => {});
  stdin?.end(grammar);
  const { code, by } = await new Promise<{ code: number | null; by: string | null }>((resolve) => {
    child.on("error", () => resolve({ code: 3, by: null }));
    child.on("close", (status, name) => resolve({ code: status, by: name }));
  });
  signal?.removeEventListener("abort", stop);
  signal?.throwIfAborted();
  if (by === "SIGKILL")
    return { line: 0, column: 0, problem: `the engine is not done with it after ${DEADLINE_MS / 1000} s` };
  if (by !== null) return { line: 0, column: 0, problem: "the engine ends when it reads it; it is nested too deeply" };
  return code === 1 ? faultOf(said, grammar) : undefined;
}

/** What llama.cpp's parser says: a sentence, often `at` and the rest of the grammar, a blank line and the whole grammar. */
function faultOf(said: string, grammar: string): GrammarFault {
  const sentence = /^parse: error parsing grammar: ([\s\S]*)/m.exec(said)?.[1] ?? "";
  const [, problem = "", rest] = /^([^\n]*?)(?: at ([\s\S]*))?$/.exec(withoutEnd(sentence, grammar)) ?? [];
  if (problem === "")
    return {
      line: 0,
      column: 0,
      problem: /root\s*::=/.test(grammar) ? "a rule begins with itself" : "it has no rule root",
    };
  if (rest === undefined || !grammar.endsWith(rest)) return { line: 0, column: 0, problem };
  const before = grammar.slice(0, grammar.length - rest.length).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, problem };
}

function withoutEnd(sentence: string, grammar: string): string {
  const end = sentence.lastIndexOf(`\n\n${grammar}`);
  return end < 0 ? sentence.trimEnd() : sentence.slice(0, end);
}
