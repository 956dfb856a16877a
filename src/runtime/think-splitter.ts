// Tells a model's thinking from its answer. Some templates open the block themselves, so that the model's text begins inside it.
import { CLOSE_THINKING, OPEN_THINKING } from "./think-marks.js";
import { thinkingOf } from "./thinking.js";

export interface Part {
  readonly type: "text" | "thinking";
  readonly text: string;
}

export class ThinkSplitter {
  #state: "start" | "thinking" | "answer";
  #held = "";

  /** @param prompt the rendered prompt: it tells whether the block is open already */
  constructor(prompt: string) {
    this.#state = thinkingOf(prompt, null) === "open" ? "thinking" : "start";
  }

  /** The parts that are certain after `text`. */
  add(text: string): Part[] {
    if (this.#state === "answer") return parts("text", text);
    this.#held += text;
    if (this.#state === "start") {
      const begun = this.#held.trimStart();
      if (begun.length < OPEN_THINKING.length && OPEN_THINKING.startsWith(begun)) return [];
      if (!begun.startsWith(OPEN_THINKING)) {
        this.#state = "answer";
        return parts("text", this.#release(this.#held.length));
      }
      this.#held = begun.slice(OPEN_THINKING.length);
      this.#state = "thinking";
    }
    const close = this.#held.indexOf(CLOSE_THINKING);
    if (close < 0) return parts("thinking", this.#release(this.#held.length - CLOSE_THINKING.length + 1));
    const thought = this.#release(close);
    const answer = this.#held.slice(CLOSE_THINKING.length);
    this.#held = "";
    this.#state = "answer";
    return [...parts("thinking", thought), ...parts("text", answer)];
  }

  /** What was held back when the model ended. */
  end(): Part[] {
    return parts(this.#state === "thinking" ? "thinking" : "text", this.#release(this.#held.length));
  }

  #release(length: number): string {
    const text = this.#held.slice(0, Math.max(0, length));
    this.#held = this.#held.slice(text.length);
    return text;
  }
}

function parts(type: Part["type"], text: string): Part[] {
  return text === "" ? [] : [{ type, text }];
}
