// What the Hub asks consent to before it gives the files of a gated repository: two fields of the card's front matter
// (huggingface/hub-docs, docs/hub/models-gated.md). Some vendors put their whole license there.
import type { Bytes } from "../model/types.js";

/** The longest real one, a whole license with its use policy, has 25 kB. */
const MAX_PROMPT: Bytes = 64 * 1024;

/** Heading and text, cut off at a length that no real one has; undefined without either. Hostile text. */
export function gatePromptOf(card: unknown): string | undefined {
  const { extra_gated_heading: heading, extra_gated_prompt: prompt }: Readonly<Record<string, unknown>> =
    typeof card === "object" && card !== null ? { ...card } : {};
  const parts = [heading, prompt].filter((part) => typeof part === "string" && part.trim() !== "");
  return parts.length === 0 ? undefined : parts.join("\n\n").slice(0, MAX_PROMPT);
}
