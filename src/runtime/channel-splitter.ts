// Tells thinking from the answer where a model writes into channels: `<|channel|>analysis<|message|>why<|end|><|start|>assistant<|channel|>final<|message|>because`.
import { CHANNEL, MESSAGE, MESSAGE_END } from "./think-marks.js";
import type { Part } from "./think-splitter.js";

const THINKING = "analysis";

export class ChannelSplitter {
  /** Between messages stands what belongs to neither. */
  #state: "start" | "between" | Part["type"] = "start";
  #held = "";

  /** The parts that are certain after `text`. */
  add(text: string): Part[] {
    this.#held += text;
    const found: Part[] = [];
    while (this.#step(found));
    return found;
  }

  /** What was held back when the model ended. */
  end(): Part[] {
    const type = this.#state === "start" ? "text" : this.#state;
    const text = this.#held;
    this.#held = "";
    return type === "between" || text === "" ? [] : [{ type, text }];
  }

  /** @returns whether there may be more to do */
  #step(found: Part[]): boolean {
    if (this.#state === "start") {
      if (this.#held.length < CHANNEL.length && CHANNEL.startsWith(this.#held)) return false;
      this.#state = this.#held.startsWith(CHANNEL) ? "between" : "text";
      return true;
    }
    const mark = this.#state === "between" ? MESSAGE : MESSAGE_END;
    const at = this.#held.indexOf(mark);
    // The beginning of a mark may be at the end.
    const certain = at < 0 ? Math.max(0, this.#held.length - mark.length + 1) : at;
    if (this.#state !== "between") {
      if (certain > 0) found.push({ type: this.#state, text: this.#held.slice(0, certain) });
    } else if (at < 0) return false;
    else {
      const channel = this.#held.slice(0, at).split(CHANNEL).at(-1) ?? "";
      this.#state = channel.startsWith(THINKING) ? "thinking" : "text";
      this.#held = this.#held.slice(at + mark.length);
      return true;
    }
    this.#held = this.#held.slice(at < 0 ? certain : at + mark.length);
    if (at >= 0) this.#state = "between";
    return at >= 0;
  }
}
