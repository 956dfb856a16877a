// What tokenizer.json puts around each text: a template of special tokens, of which the engine knows the first and the last.
import { isObject, type JsonObject } from "../read-json.js";
import { stepsOf } from "./tokenizer-json.js";

export interface Around {
  /** Texts of tokens; undefined where nothing is put there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Null where the file has no such template. Throws malformed-checkpoint. */
export function tokensAround(tokenizer: JsonObject | null): Around | null {
  for (const step of stepsOf(tokenizer?.post_processor, "processors")) {
    if (step.type === "RobertaProcessing") return { before: first(step.cls), after: first(step.sep) };
    if (step.type !== "TemplateProcessing" || !Array.isArray(step.single)) continue;
    const single: readonly unknown[] = step.single;
    return single.length < 2
      ? { before: undefined, after: undefined }
      : { before: special(single[0]), after: special(single.at(-1)) };
  }
  return null;
}

const first = (pair: unknown) => (Array.isArray(pair) && typeof pair[0] === "string" ? pair[0] : undefined);

function special(part: unknown): string | undefined {
  const token = isObject(part) ? part.SpecialToken : undefined;
  const id = isObject(token) ? token.id : undefined;
  return typeof id === "string" ? id : undefined;
}
