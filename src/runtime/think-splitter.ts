// Tells a model's thinking from its answer. Some templates open the block themselves, so that the model's text begins inside it.
import { marksOf, type ThinkMarks } from "./think-marks.js";

export interface Part {
  readonly type: "text" | "thinking";
  readonly text: string;
}

export class ThinkSplitter {
  #state: "start" | "thinking" | "answer";
  #held = "";

  readonly #marks: ThinkMarks;

  /** @param prompt the rendered prompt: it tells whether the block is open already @param template null for a base model */
  constructor(prompt: string, template: string | null) {
    this.#marks = marksOf(template);
    this.#state = prompt.trimEnd().endsWith(this.#marks.open) ? "thinking" : "start";
  }

  /** The parts that are certain after `text`. */
  add(text: string): Part[] {
    if (this.#state === "answer") return parts("text", text);
    const { open, close: mark } = this.#marks;
    this.#held += text;
    if (this.#state === "start") {
      const begun = this.#held.trimStart();
      if (begun.length < open.length && open.startsWith(begun)) return [];
      if (!begun.startsWith(open)) {
        this.#state = "answer";
        return parts("text", this.#release(this.#held.length));
      }
      this.#held = begun.slice(open.length);
      this.#state = "thinking";
    }
    const close = this.#held.indexOf(mark);
    if (close < 0) return parts("thinking", this.#release(this.#held.length - mark.length + 1));
    const thought = this.#release(close);
    const answer = this.#held.slice(mark.length);
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
