// Checks answers against a JSON Schema, in a thread with a deadline and a memory limit.
import { OslmError } from "../../errors.js";
import { BoundedWorker, type Patience } from "../bounded-worker.js";
import type { CheckerReply } from "./checker-worker.js";
import type { SchemaObject } from "./read-schema.js";

/** What the check of an answer says. */
export type Verdict = Extract<CheckerReply, { is: "valid" | "invalid" }>;

/** Compiling and checking take milliseconds; a pattern that backtracks would take for ever. */
const DEADLINE_MS = 5_000;

export class SchemaChecker {
  readonly #worker: BoundedWorker<string, CheckerReply>;
  readonly #patience: Patience;
  readonly #ready: Promise<CheckerReply>;

  /** Begins to compile at once. @param file for messages */
  constructor(
    schema: SchemaObject | boolean,
    private readonly file: string,
    deadlineMs = DEADLINE_MS,
    script = new URL("./checker-worker.js", import.meta.url),
  ) {
    this.#worker = new BoundedWorker(script, { schema });
    this.#patience = { deadlineMs, late: `checking took longer than ${deadlineMs / 1000} s; is it a pattern?` };
    this.#ready = this.#worker.hear(this.#patience);
    // Whoever asks is told.
    this.#ready.catch(() => {});
  }

  /** @throws OslmError bad-schema: what is no valid schema, refers to other files, or takes too long */
  async ready(): Promise<void> {
    await this.#judge(this.#ready);
  }

  /** Whether a text is JSON that satisfies the schema. @throws OslmError bad-schema */
  async check(text: string): Promise<Verdict> {
    await this.ready();
    return (await this.#judge(this.#worker.ask(text, this.#patience))) as Verdict;
  }

  async dispose(): Promise<void> {
    await this.#worker.dispose();
  }

  async #judge(coming: Promise<CheckerReply>): Promise<CheckerReply> {
    const reply = await coming.catch((error: Error) => ({ is: "bad-schema", problem: error.message }) as const);
    if (reply.is !== "bad-schema") return reply;
    throw new OslmError("bad-schema", { file: this.file, at: "", problem: reply.problem });
  }
}
