// Ctrl-C in a chat: it stops an answer; at an empty prompt it tells how to leave, and a second one soon after leaves.
import type { Milliseconds } from "../../model/types.js";

/** As Gemini's command line has it. */
const SOON: Milliseconds = 2000;

export const HOW_TO_LEAVE = "Ctrl-C again, Ctrl-D or /bye leaves.";

export class Interrupts {
  #last = Number.NEGATIVE_INFINITY;

  constructor(private readonly now: () => Milliseconds) {}

  /** What Ctrl-C means now. */
  next(answering: boolean): "stop" | "tell" | "leave" {
    if (answering) return "stop";
    const soon = this.now() - this.#last <= SOON;
    this.#last = this.now();
    return soon ? "leave" : "tell";
  }

  /** Something else was typed. */
  forget(): void {
    this.#last = Number.NEGATIVE_INFINITY;
  }
}
