// What keeps a model's thinking apart from its answer, by what its template says.
import { ChannelSplitter } from "./channel-splitter.js";
import type { Grammar } from "./engine.js";
import { afterThinking } from "./think-grammar.js";
import { hasChannels, marksOf } from "./think-marks.js";
import { type Part, ThinkSplitter } from "./think-splitter.js";
import { type Thinking, thinkingOf } from "./thinking.js";

export interface Splitter {
  /** The parts that are certain after `text`. */
  add(text: string): Part[];
  /** What was held back when the model ended. */
  end(): Part[];
}

/** @param prompt as the template rendered it */
export function splitterFor(prompt: string, template: string): Splitter {
  return hasChannels(template) ? new ChannelSplitter() : new ThinkSplitter(prompt, template);
}

/**
 * A model that thinks does so before the grammar holds.
 * @param template null for a base model
 */
export function constraintFor(
  grammar: Grammar,
  prompt: string,
  template: string | null,
  thinking: Thinking | undefined,
): Grammar {
  const block = thinking === "off" ? "none" : thinkingOf(prompt, template);
  return block === "none" ? grammar : afterThinking(grammar, block, marksOf(template));
}
