// Contexts for people.
import type { Estimate, Tokens } from "../model/types.js";

/** `131072` -> `128k`, as `--ctx` takes it; `5000` stays. */
export function formatTokens(tokens: Tokens): string {
  return tokens >= 1024 && tokens % 1024 === 0 ? `${tokens / 1024}k` : String(tokens);
}

/** `1 token`, `8192 tokens`. */
export function countTokens(tokens: Tokens, shown = String(tokens)): string {
  return `${shown} ${tokens === 1 ? "token" : "tokens"}`;
}

/** What a cache that is not in F16 is marked with: ` q8_0`. `quantizedCacheLegend` says what that means. */
export function cacheMark(kvType: Estimate["kvType"]): string {
  return kvType === "f16" ? "" : ` ${kvType}`;
}

/** Of the marks that some rows have; undefined where none has one. */
export function quantizedCacheLegend(kvTypes: readonly (Estimate["kvType"] | null)[]): string | undefined {
  const marks = [...new Set(kvTypes)].filter((kvType) => kvType !== null && kvType !== "f16");
  return marks.length === 0 ? undefined : `${marks.join(", ")}: with the KV cache quantized so; in f16 it does not fit`;
}
