// Why one that fits was not taken.
import { isAmple, isDecent, type Preference } from "./preferences.js";
import { sayVariant } from "./say.js";
import { READING_SPEED } from "./speed.js";
import { type Fitting, lossOf } from "./weigh.js";

/** A sentence that is true of `one` beside `pick`, which was preferred to it. */
export function whyNot(one: Fitting, pick: Fitting, preference: Preference): string {
  const name = sayVariant(pick.variant);
  const { ctx, kvType, expectedTokensPerSecond: speed } = one.plan;
  if (!isDecent(one) && isDecent(pick)) return "below Q4 quality";
  if (preference === "context" && ctx < pick.plan.ctx) return `reaches a context of ${ctx} only`;
  const more = lossOf(one) - lossOf(pick);
  if (more > 0 && one.quality.loss > pick.quality.loss) return `lower quality than ${name}`;
  if (more > 0) return `with its KV cache in ${kvType} lower quality than ${name}`;
  if (more === 0) {
    return one.variant.size > pick.variant.size
      ? `no better than ${name}, and larger`
      : `as good and as large as ${name}`;
  }
  if (preference === "speed") return `larger than ${name}`;
  if (isAmple(one) && !isAmple(pick)) return "above Q8_0, taken only when asked for";
  return speed < READING_SPEED ? `about ${speed} tokens/s, below reading speed` : `larger than ${name}`;
}
