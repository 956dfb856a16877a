// Thinking, folded to one line.
import { formatDuration } from "../format.js";
import type { Turn } from "./conversation.js";

/** `Thought for 3s`. */
export function thoughtLine({ thoughtMs }: Pick<Turn, "thoughtMs">): string {
  return `Thought for ${formatDuration(Math.max(1000, thoughtMs))}`;
}
