// The prompts of a batch.
import { type BadTask, type BatchTask, parseTask } from "../app/run/batch-task.js";
import { OslmError } from "../errors.js";
import { readLines } from "../store/read-lines.js";

/**
 * All of them, before anything is loaded: those that make no sense are among them, each with its error.
 * @param system for prompts that name none
 * @throws OslmError usage for two with the same id, and where there are none
 */
export async function readTasks(
  stream: AsyncIterable<Uint8Array | string>,
  name: string,
  system: string | undefined,
): Promise<(BatchTask | BadTask)[]> {
  const tasks: (BatchTask | BadTask)[] = [];
  const lineOf = new Map<string, number>();
  for await (const { number, text, utf8 } of readLines(stream, name)) {
    const task = utf8 ? parseTask(number, text, system) : notUtf8(number);
    const before = task.id === null ? undefined : lineOf.get(String(task.id));
    if (before !== undefined) {
      throw new OslmError("usage", {
        problem: `lines ${before} and ${number} of ${name} have the same id ${JSON.stringify(task.id)}`,
        detail: "Their results could not be told apart.",
        help: "give each prompt an id of its own, or none",
      });
    }
    if (task.id !== null) lineOf.set(String(task.id), number);
    tasks.push(task);
  }
  if (tasks.length === 0) throw noPrompts(name);
  return tasks;
}

function noPrompts(name: string): OslmError {
  return new OslmError("usage", {
    problem: name === "-" ? "standard input holds no prompts" : `${name} holds no prompts`,
    detail: name === "-" ? "Nothing came from it." : "It has nothing but empty lines.",
    help: '{"prompt":"..."}   one to a line',
  });
}

function notUtf8(line: number): BadTask {
  return { id: null, line, error: new OslmError("bad-line", { line, reason: "it is not UTF-8 text" }) };
}
