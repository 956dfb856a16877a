// A batch goes on with results that are there: what holds stays, and what does not is never passed for an answer.
import type { BadTask, BatchTask } from "../app/run/batch-task.js";
import { type Matched, matchResults, type Stale } from "../app/run/match-results.js";
import { OslmError } from "../errors.js";
import type { ResultFile } from "../store/result-file.js";
import type { Output } from "../ui/output.js";

export interface GoingOn {
  readonly output: string;
  readonly runHash: string;
  /** Answers that do not hold may go. */
  readonly redo?: boolean;
}

/**
 * Makes the file ready for what is still to be answered, and gives that. Edited prompts are answered again. Where more than that
 * changed, hours of work would go with a slip: then a person has to ask for it.
 * @throws OslmError other-results
 */
export async function goOn(
  out: Output,
  results: ResultFile,
  tasks: readonly (BatchTask | BadTask)[],
  { output, runHash, redo = false }: GoingOn,
): Promise<readonly (BatchTask | BadTask)[]> {
  const { todo, keep, stale } = matchResults(tasks, results.answers, runHash);
  const holding = tasks.length - todo.length;
  const why = redo ? undefined : reasonToAsk(stale, holding);
  if (why !== undefined) {
    throw new OslmError("other-results", { output, why, count: stale[why], of: results.answers.length });
  }
  await results.keep(keep);
  if (results.torn) out.note(`the last line of ${output} was torn; its prompt is answered again`);
  if (holding > 0) out.note(`${holding} of ${tasks.length} are in ${output} already`);
  const dropped = Object.values(stale).reduce((sum, count) => sum + count, 0);
  if (dropped === 1) out.note(`1 answer in ${output} was of something else and is gone`);
  if (dropped > 1) out.note(`${dropped} answers in ${output} were of something else and are gone`);
  return todo;
}

/** Where not one answer is of these prompts the file is likely another one than was meant. */
function reasonToAsk(stale: Matched["stale"], holding: number): Stale | undefined {
  if (stale.unknown > 0) return "unknown";
  if (stale.run > 0) return "run";
  return stale.prompt > 0 && holding === 0 ? "prompt" : undefined;
}
