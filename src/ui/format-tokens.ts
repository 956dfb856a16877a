// Contexts for people.
import type { Tokens } from "../model/types.js";

/** `131072` -> `128k`, as `--ctx` takes it; `5000` stays. */
export function formatTokens(tokens: Tokens): string {
  return tokens >= 1024 && tokens % 1024 === 0 ? `${tokens / 1024}k` : String(tokens);
}
