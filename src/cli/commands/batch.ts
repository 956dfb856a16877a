// oslm batch: a file of prompts in, a line of result for each out.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import { type BatchResult, batch } from "../../app/run/batch.js";
import type { BadTask, BatchTask } from "../../app/run/batch-task.js";
import type { LocalModel } from "../../app/run/local-model.js";
import { type ErrorFacts, isOslmError, OslmError } from "../../errors.js";
import { quoted } from "../../model/quoted.js";
import { parseRef } from "../../model/ref.js";
import { ResultFile } from "../../store/result-file.js";
import { CountProgress } from "../../ui/count-progress.js";
import type { Context, ContextOf } from "../context.js";
import { number } from "../flags.js";
import { goOn } from "../go-on.js";
import { readTasks } from "../read-tasks.js";
import { lookAt } from "../read-text.js";
import { reportOf } from "../report.js";
import { addAnswerFlags, addTemplateFlags, answerOptions, type RunOptions } from "../run-flags.js";

export interface BatchOptions extends RunOptions {
  readonly output: string;
  readonly parallel?: number;
  readonly unordered?: boolean;
  readonly redo?: boolean;
}

export function makeBatchCommand(contextOf: ContextOf, run = runBatch): Command {
  return addAnswerFlags(addTemplateFlags(new Command("batch")))
    .description("answer a file of prompts, several at a time")
    .argument("<model>", "what to run; pulled first when it is not on this disk")
    .argument("[file]", 'prompts as JSON lines {"id","prompt" or "messages","system","options"}; - is stdin', "-")
    .option("-o, --output <file>", "where the results go; one that is there is continued; - is stdout", "-")
    .option("--parallel <count>", "so many at a time; default what is of use and fits", number(1, 256, true))
    .option("--unordered", "write each result when it is there, not in the order of the prompts")
    .option("--redo", "answer again what the results have of another model, other flags or other prompts")
    .action((model: string, file: string, options: BatchOptions) => run(contextOf(), model, file, options));
}

export async function runBatch(context: Context, model: string, file: string, options: BatchOptions): Promise<void> {
  const { world, out } = context;
  const ref = parseRef(model, { hub: world.endpoint });
  if (out.json && options.output === "-") {
    throw new OslmError("usage", {
      problem: "--json prints a summary, and the results go to stdout as well",
      detail: "The results are JSON lines anyway.",
      help: `oslm batch ${model} ${file} -o results.jsonl --json`,
    });
  }
  const tasks = await readTasks(await inputOf(context, file, options.output), file, options.system);
  const results = options.output === "-" ? undefined : await ResultFile.open(resolve(options.output));
  try {
    const { ensureModel } = await import("../ensure-model.js");
    const local = await ensureModel(context, ref, options);
    const runHash = await runHashOf(context, local, options);
    const todo = results ? await goOn(out, results, tasks, { ...options, runHash }) : tasks;
    const skipped = tasks.length - todo.length;
    const tally = await answer(context, local, todo, { ...options, file, runHash }, results);
    world.signal.throwIfAborted();
    if (tally.first !== undefined) {
      const { line, error } = tally.first;
      const first = { line, message: reportOf(error).message };
      throw new OslmError("batch-failed", { ...tally, total: tasks.length, first, output: options.output });
    }
    if (!out.json) return;
    const { done, parallel, promptTokens, completionTokens, seconds } = tally;
    const tokensPerSecond = seconds > 0 ? Math.round((completionTokens / seconds) * 10) / 10 : 0;
    const summary = { total: tasks.length, done, skipped, parallel, promptTokens, completionTokens, seconds };
    out.document({ ...summary, tokensPerSecond, output: options.output }, [
      ...Object.keys(summary),
      "tokensPerSecond",
      "output",
    ]);
  } finally {
    await results?.close();
  }
}

async function inputOf({ out, world }: Context, file: string, output: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === "-") {
    if (!out.terminal.stdinTty) return out.terminal.stdin as NodeJS.ReadableStream & AsyncIterable<Uint8Array>;
    throw new OslmError("usage", {
      problem: "there are no prompts",
      detail: "No file is named, and nothing is piped in.",
      help: "oslm batch MODEL prompts.jsonl -o results.jsonl",
    });
  }
  const path = resolve(file.replace(/^~(?=\/)/, world.home));
  const info = await lookAt(path, file);
  const same = output === "-" ? undefined : await stat(resolve(output)).catch(() => undefined);
  if (same && same.ino === info.ino && same.dev === info.dev) {
    throw new OslmError("usage", {
      problem: `${file} is the input and the output`,
      detail: "The results would be written over the prompts.",
      help: "-o with another name",
    });
  }
  return createReadStream(path);
}

/** By what the results are told from those of another model or other flags. */
async function runHashOf({ world }: Context, local: LocalModel, options: BatchOptions): Promise<string> {
  const { hashRun } = await import("../../app/run/hash-run.js");
  const { system, lora = [], draft, lookup } = options;
  const guessed = draft !== undefined || lookup === true;
  return hashRun(world, local, { ...answerOptions(options), system, lora, guessed });
}

interface Tally {
  readonly done: number;
  readonly failed: number;
  readonly first: Extract<BatchResult, { status: "error" }> | undefined;
  readonly parallel: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly seconds: number;
}

async function answer(
  context: Context,
  local: LocalModel,
  todo: readonly (BatchTask | BadTask)[],
  { file, runHash, ...options }: BatchOptions & { readonly file: string; readonly runHash: string },
  results: ResultFile | undefined,
): Promise<Tally> {
  const { world, out } = context;
  const tally = {
    done: 0,
    failed: 0,
    first: undefined as Tally["first"],
    parallel: 0,
    promptTokens: 0,
    completionTokens: 0,
    seconds: 0,
  };
  if (todo.length === 0) return tally;
  const { ensureDraft } = await import("../ensure-model.js");
  const { startSession } = await import("../stream-answer.js");
  const draft = await ensureDraft(context, options);
  const command = (name: string): string => `oslm batch ${quoted(name)} ${quoted(file)} -o ${quoted(options.output)}`;
  // What a draft model leaves idle, several at once would use, and the other way round.
  const upTo = options.parallel === undefined ? { upTo: options.draft ? 1 : todo.length } : {};
  // The prompts share the beginnings that they have in common anyway.
  const session = await startSession(context, local, { ...options, ...upTo, command, cache: false }, draft);
  const progress = new CountProgress(out, todo.length);
  const started = performance.now();
  try {
    tally.parallel = session.plan.sequences;
    const given = { ...answerOptions(options), runHash, signal: world.signal };
    for await (const result of batch(session, todo, given, !options.unordered)) {
      write(context, results, shown(result, given.hideThinking));
      if (result.status === "error") {
        tally.failed++;
        tally.first ??= result;
      } else {
        tally.done++;
        tally.promptTokens += result.usage.promptTokens;
        tally.completionTokens += result.usage.completionTokens;
      }
      progress.add(result.status === "ok" ? result.usage.completionTokens : 0);
    }
  } finally {
    progress.stop();
    await session.dispose();
  }
  tally.seconds = Math.round(performance.now() - started) / 1000;
  if (world.signal.aborted && results) {
    out.note(`${tally.done} of ${todo.length} are in ${options.output}; the same command goes on with the rest`);
  }
  return tally;
}

/** An error as all of oslm's JSON shows it. */
function shown(result: BatchResult, hideThinking = false): object {
  if (result.status === "ok") {
    const { thinking, ...rest } = result;
    return hideThinking || thinking === undefined ? rest : result;
  }
  const { code, message, detail, exitCode, facts, ...report } = reportOf(result.error);
  const hint = isOslmError(result.error, "prompt-too-long") ? longer(result.error.facts) : report.hint;
  return { ...result, error: { code, message, detail, hint, exitCode, facts } };
}

/** There is nothing to leave out of: a line is one text. */
function longer({ needed, fits }: ErrorFacts["prompt-too-long"]): string {
  return fits ? `--ctx ${needed}, or a shorter prompt` : "shorten the prompt";
}

function write({ out }: Context, results: ResultFile | undefined, result: object): void {
  if (results) results.append(result);
  else out.line(JSON.stringify(result));
}
