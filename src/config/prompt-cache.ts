// Where evaluated prompts are kept, and how many bytes of them.
import { join } from "node:path";
import { OslmError } from "../errors.js";
import { parseSize } from "../model/parse-size.js";
import type { Bytes } from "../model/types.js";
import type { Env } from "./paths.js";

const VARIABLE = "OSLM_PROMPT_CACHE";

/**
 * Undefined where OSLM_PROMPT_CACHE is 0; 4 GB where it is not set: a prompt of 8,192 tokens takes 1 GB with an 8B model.
 * @throws OslmError usage for what is no size
 */
export function promptCacheIn(cache: string, env: Env): { readonly folder: string; readonly limit: Bytes } | undefined {
  const text = env[VARIABLE] || "4GB";
  const limit = sizeOf(text);
  return limit === 0 ? undefined : { folder: join(cache, "prompts"), limit };
}

function sizeOf(text: string): Bytes {
  try {
    return parseSize(text);
  } catch (cause) {
    const problem = `${VARIABLE} is not a size: ${text}`;
    const detail = "It is a size such as 4GB, 7.5GiB or 512MB, or 0, which keeps none; 4GB when it is not set.";
    throw new OslmError("usage", { problem, detail, help: `${VARIABLE}=4GB oslm ...` }, { cause });
  }
}
