// Which answers of an earlier run still hold: by what was asked and what answered, never by their place alone.
import type { KeptResult } from "../../store/result-file.js";
import type { BadTask, BatchTask } from "./batch-task.js";

/** Why an answer does not hold. `unknown`: an older oslm wrote it, and did not say what it is of. */
export type Stale = "unknown" | "run" | "prompt";

export interface Matched {
  /** What is still to be answered. */
  readonly todo: readonly (BatchTask | BadTask)[];
  /** Lines of the results that stay, with the ids that they have now. */
  readonly keep: ReadonlyMap<number, KeptResult["id"]>;
  /** How many answers do not hold, and are in the way of those to these prompts. */
  readonly stale: Readonly<Record<Stale, number>>;
}

/**
 * A prompt with an id of its own has the answer of that id. One that is known by its number may have moved: it has the answer to the
 * same text, wherever that stands. What has other ids is left as it is, since it may be of another file of prompts.
 */
export function matchResults(
  tasks: readonly (BatchTask | BadTask)[],
  answers: readonly KeptResult[],
  runHash: string,
): Matched {
  const holding = new Set(answers.filter((one) => one.runHash === runHash && one.promptHash !== undefined));
  const keep = new Map<number, KeptResult["id"]>();
  const done = new Set<BatchTask>();
  const claim = (task: BatchTask, found: KeptResult | undefined): void => {
    if (found === undefined || !holding.delete(found)) return;
    keep.set(found.line, task.id);
    done.add(task);
  };
  const whole = tasks.filter((task): task is BatchTask => !("error" in task));
  const inPlace = new Map([...holding].map((one) => [`${one.id} ${one.promptHash}`, one]));
  for (const task of whole) claim(task, inPlace.get(`${task.id} ${task.promptHash}`));
  const moved = new Map<string | undefined, KeptResult[]>();
  for (const one of holding) {
    if (typeof one.id === "number") moved.set(one.promptHash, [...(moved.get(one.promptHash) ?? []), one]);
  }
  for (const task of whole) {
    if (task.isNumbered && !done.has(task)) claim(task, moved.get(task.promptHash)?.shift());
  }
  const stale = { unknown: 0, run: 0, prompt: 0 };
  const ids = new Set(tasks.map(({ id }) => String(id)));
  const numbered = whole.some(({ isNumbered }) => isNumbered);
  for (const one of answers) {
    if (keep.has(one.line)) continue;
    if (ids.has(String(one.id)) || (numbered && typeof one.id === "number")) stale[whyNot(one, runHash)]++;
    else keep.set(one.line, one.id);
  }
  return { todo: tasks.filter((task) => "error" in task || !done.has(task)), keep, stale };
}

function whyNot({ promptHash, runHash }: KeptResult, wanted: string): Stale {
  if (promptHash === undefined || runHash === undefined) return "unknown";
  return runHash === wanted ? "prompt" : "run";
}
