// Checks answers against a JSON Schema, in a thread with a deadline and a memory limit.
import { Worker } from "node:worker_threads";
import { OslmError } from "../../errors.js";
import type { CheckerReply } from "./checker-worker.js";
import type { SchemaObject } from "./read-schema.js";

/** What the check of an answer says. */
export type Verdict = Extract<CheckerReply, { is: "valid" | "invalid" }>;

/** Compiling and checking take milliseconds; a pattern that backtracks would take for ever. */
const DEADLINE_MS = 5_000;
const MEMORY_MB = 256;

export class SchemaChecker {
  readonly #worker: Worker;
  readonly #ready: Promise<CheckerReply>;

  /** Begins to compile at once. @param file for messages */
  constructor(
    schema: SchemaObject | boolean,
    private readonly file: string,
    private readonly deadlineMs = DEADLINE_MS,
    script = new URL("./checker-worker.js", import.meta.url),
  ) {
    this.#worker = new Worker(script, {
      workerData: { schema },
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, codeRangeSizeMb: 16 },
    });
    this.#worker.unref();
    this.#worker.on("error", () => {});
    this.#ready = this.#reply();
  }

  /** @throws OslmError bad-schema: what is no valid schema, refers to other files, or takes too long */
  async ready(): Promise<void> {
    await this.#judge(this.#ready);
  }

  /** Whether a text is JSON that satisfies the schema. @throws OslmError bad-schema */
  async check(text: string): Promise<Verdict> {
    await this.ready();
    const reply = this.#reply();
    this.#worker.postMessage(text);
    return (await this.#judge(reply)) as Verdict;
  }

  async dispose(): Promise<void> {
    await this.#worker.terminate();
  }

  async #judge(coming: Promise<CheckerReply>): Promise<CheckerReply> {
    const reply = await coming;
    if (reply.is !== "bad-schema") return reply;
    throw new OslmError("bad-schema", { file: this.file, at: "", problem: reply.problem });
  }

  #reply(): Promise<CheckerReply> {
    const worker = this.#worker;
    worker.ref();
    return new Promise((resolve) => {
      const settle = (reply: CheckerReply): void => {
        clearTimeout(timer);
        worker.off("message", settle).off("error", fail).off("exit", end).unref();
        resolve(reply);
      };
      const fail = (error: Error): void => settle({ is: "bad-schema", problem: error.message });
      const end = (): void => fail(new Error("it exhausted the memory of its check"));
      const timer = setTimeout(() => {
        void worker.terminate();
        settle({
          is: "bad-schema",
          problem: `checking took longer than ${this.deadlineMs / 1000} s; is it a pattern?`,
        });
      }, this.deadlineMs);
      worker.on("message", settle).on("error", fail).on("exit", end);
    });
  }
}
