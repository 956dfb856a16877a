// What --truncate does: the middle of long files and of the pipe gives way, so that a prompt fits the context.
import type { Tokens } from "../../model/types.js";
import type { PromptPart } from "./prompt.js";

export interface Truncated {
  /** Left out, all together. */
  readonly tokens: Tokens;
  /** From where: the name of a file, or `stdin`. */
  readonly parts: readonly { readonly from: string; readonly tokens: Tokens }[];
}

export interface Ruler {
  /** Of a text alone. Of huge ones both may be estimates. */
  tokens(text: string): Promise<Tokens>;
  /** Of the whole prompt that these parts make. */
  prompt(parts: readonly PromptPart[]): Promise<Tokens>;
}

/** Texts have other tokens together than alone; each round corrects what the last one missed. */
const ROUNDS = 8;
/** Of the line that stands where something was left out. */
const MARK_TOKENS = 24;

/**
 * The parts with so much less in the middle of the longest that the prompt has at most `limit` tokens; the argument stays
 * whole. `truncated` is null when all of it fits. Undefined when it cannot be made to fit so.
 */
export async function truncatePrompt(
  parts: readonly PromptPart[],
  limit: Tokens,
  ruler: Ruler,
): Promise<{ readonly parts: readonly PromptPart[]; readonly truncated: Truncated | null } | undefined> {
  if ((await ruler.prompt(parts)) <= limit) return { parts, truncated: null };
  const sizes: Tokens[] = [];
  for (const { from, text } of parts) sizes.push(from === "argument" ? 0 : await ruler.tokens(text));
  const bare = parts.map((part) => (part.from === "argument" ? part : { ...part, text: "" }));
  let budget = limit - (await ruler.prompt(bare));
  for (let round = 0; round < ROUNDS; round++) {
    const level = levelOf(sizes, budget - MARK_TOKENS * sizes.filter((size) => size > 0).length);
    if (level <= 0) return undefined;
    const cuts = await Promise.all(parts.map((part, index) => cut(part, sizes[index] ?? 0, level, ruler)));
    const over = (await ruler.prompt(cuts.map(({ part }) => part))) - limit;
    if (over > 0) {
      budget -= over;
      continue;
    }
    const dropped = cuts.filter(({ tokens }) => tokens > 0);
    const truncated = {
      tokens: dropped.reduce((sum, { tokens }) => sum + tokens, 0),
      parts: dropped.map(({ part, tokens }) => ({ from: part.name ?? part.from, tokens })),
    };
    return { parts: cuts.map(({ part }) => part), truncated };
  }
  return undefined;
}

/** The size to which what is larger must shrink so that all together have `budget`; what is smaller stays. */
function levelOf(sizes: readonly number[], budget: number): number {
  let rest = budget;
  const rising = sizes.filter((size) => size > 0).sort((a, b) => a - b);
  for (const [index, size] of rising.entries()) {
    const share = Math.floor(rest / (rising.length - index));
    if (size > share) return share;
    rest -= size;
  }
  return Number.POSITIVE_INFINITY;
}

async function cut(
  part: PromptPart,
  size: Tokens,
  level: Tokens,
  ruler: Ruler,
): Promise<{ part: PromptPart; tokens: Tokens }> {
  if (part.from === "argument" || size <= level) return { part, tokens: 0 };
  const half = Math.floor((part.text.length * level) / size / 2);
  const head = wholeCharacters(part.text.slice(0, half));
  const tail = wholeCharacters(part.text.slice(part.text.length - half));
  const tokens = await ruler.tokens(part.text.slice(head.length, part.text.length - tail.length));
  return { part: { ...part, text: `${head}\n[... ${tokens} tokens left out ...]\n${tail}` }, tokens };
}

/** Without the half of a character at either end. */
function wholeCharacters(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");
}
