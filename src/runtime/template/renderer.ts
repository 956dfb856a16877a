// Chat templates rendered in a thread of their own, with a deadline and a memory limit.
import { OslmError } from "../../errors.js";
import { BoundedWorker } from "../bounded-worker.js";
import type { Message, TemplateInput } from "./render.js";

export interface TemplateSource {
  /** Named in errors. */
  readonly file: string;
  readonly template: string;
  readonly now: Date;
}

/** Texts of the tokenizer's begin and end tokens; templates write them themselves. */
export interface TokenTexts {
  readonly bosToken: string;
  readonly eosToken: string;
}

export interface RenderOptions {
  readonly variables?: TemplateInput["variables"];
  readonly deadlineMs?: number;
}

type Reply = { text: string; leavesOut: boolean } | { error: string };

/** A normal template takes a few milliseconds; a hostile one can loop for minutes. */
const DEADLINE_MS = 5_000;

/** Renders one model's template as often as a conversation needs. The thread starts at once, beside the model's load. */
export class TemplateRenderer {
  readonly #worker: BoundedWorker<TemplateInput, Reply>;
  readonly #source: TemplateSource;
  #leavesOut = false;

  constructor(source: TemplateSource, script = new URL("./worker.js", import.meta.url)) {
    this.#source = source;
    this.#worker = new BoundedWorker(script);
  }

  /**
   * The prompt text for `messages`, as conversation.ts has it; a system message that the template has no place for stands in the
   * first question.
   * @throws OslmError bad-template: syntax, raise_exception, a breached bound (bounds.ts), no answer within 5 s, more than 256 MB
   */
  async render(
    messages: readonly Message[],
    texts: TokenTexts,
    { variables = {}, deadlineMs = DEADLINE_MS }: RenderOptions = {},
  ): Promise<string> {
    const { file, template, now } = this.#source;
    const patience = { deadlineMs, late: `it gave no prompt within ${deadlineMs / 1000} s` };
    const reply = await this.#worker
      .ask({ template, now, ...texts, messages, variables }, patience)
      .catch((error: Error) => ({ error: error.message }));
    if ("error" in reply) throw new OslmError("bad-template", { file, reason: reply.error });
    this.#leavesOut = reply.leavesOut;
    return reply.text;
  }

  /** Whether the last prompt says nothing of the last message: the model cannot know what it is asked. */
  get leavesOut(): boolean {
    return this.#leavesOut;
  }

  async dispose(): Promise<void> {
    await this.#worker.dispose();
  }
}
