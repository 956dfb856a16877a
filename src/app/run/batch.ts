// Many prompts through one loaded model, several at a time.
import { isOslmError, type OslmError } from "../../errors.js";
import type { FinishReason, Usage } from "../../runtime/engine.js";
import { inOrder, inParallel } from "../in-parallel.js";
import type { BadTask, BatchTask } from "./batch-task.js";
import type { AnswerEvent, AnswerOptions, Session } from "./session.js";

export type BatchResult =
  | {
      readonly id: string | number;
      readonly status: "ok";
      readonly text: string;
      readonly thinking?: string;
      readonly finishReason: FinishReason;
      readonly usage: Omit<Usage, "cachedTokens">;
      readonly seed: number;
      /** Of what was asked, and of the model and flags that answered: an answer holds as long as both are the same. */
      readonly promptHash: string;
      readonly runHash: string;
    }
  | { readonly id: string | number | null; readonly status: "error"; readonly line: number; readonly error: OslmError };

/**
 * A result for each task, also for those that failed; none for what was not done when the signal came.
 * @param ordered in the order of the tasks, which holds results back until the ones before them are there
 * @throws what is no fault of a single task
 */
export async function* batch(
  session: Pick<Session, "answer" | "plan">,
  tasks: readonly (BatchTask | BadTask)[],
  options: AnswerOptions & { readonly runHash: string },
  ordered: boolean,
): AsyncGenerator<BatchResult> {
  const work = (task: BatchTask | BadTask, signal: AbortSignal) => answerTask(session, task, { ...options, signal });
  const results = inParallel(tasks, session.plan.sequences, work, options.signal);
  for await (const { result } of ordered ? inOrder(results) : results) if (result) yield result;
}

async function answerTask(
  session: Pick<Session, "answer">,
  task: BatchTask | BadTask,
  { runHash, ...given }: AnswerOptions & { readonly runHash: string },
): Promise<BatchResult | undefined> {
  const { id, line } = task;
  if ("error" in task) return { id, status: "error", line, error: task.error };
  const { sampling, ...own } = task.options;
  const options = { ...given, ...own, sampling: { ...given.sampling, ...sampling } };
  const text = { text: "", thinking: "" };
  let done: Done | undefined;
  try {
    const answer = session.answer(task.messages, options);
    for (;;) {
      const step = await answer.next();
      if (step.done) {
        // Drawn by the session where nobody gave one: a seed from here would ask for more than anybody wants.
        const { seed } = step.value.sampling;
        if (done === undefined || done.finishReason === "cancelled") return undefined;
        return {
          id: task.id,
          status: "ok",
          ...trimmed(text),
          ...rest(done),
          seed,
          promptHash: task.promptHash,
          runHash,
        };
      }
      const event = step.value;
      if (event.type === "text" || event.type === "thinking") text[event.type] += event.text;
      else if (event.type === "done") done = event;
    }
  } catch (error) {
    if (given.signal?.aborted) return undefined;
    if (isOslmError(error)) return { id, status: "error", line, error };
    throw error;
  }
}

function trimmed({ text, thinking }: { text: string; thinking: string }) {
  return { text: text.trim(), ...(thinking === "" ? {} : { thinking: thinking.trim() }) };
}

type Done = Extract<AnswerEvent, { type: "done" }>;

/** Without what depends on how many run at once. */
function rest({ finishReason, usage }: Done) {
  const { promptTokens, completionTokens } = usage;
  return { finishReason, usage: { promptTokens, completionTokens } };
}
