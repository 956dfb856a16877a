// Why a call of the quantizer failed, from what it said and how its process ended.
import { basename } from "node:path";
import { OslmError } from "../errors.js";
import type { Ended } from "./ask-quantizer.js";

const NO_MEMORY = /bad_alloc|cannot allocate memory|failed to allocate|out of memory/i;
/** Of the loader and of the checks of what is read and written (src/llama-model-loader.cpp, src/llama-quant.cpp). */
const BAD_DATA = /validation failed|has invalid data|not within the file bounds|corrupt|non-finite|duplicated/i;

/** @param file the source */
export function failureOf(file: string, reason: string | undefined, ended?: Ended): OslmError {
  const name = basename(file);
  if (ended === undefined || ended.code === 0) {
    const said = reason ?? "nothing of why";
    if (NO_MEMORY.test(said)) return new OslmError("out-of-memory", { file: name, reason: said });
    if (BAD_DATA.test(said)) return new OslmError("malformed-gguf", { file: name, reason: said });
    return new OslmError("quantize-failed", { file: name, reason: said });
  }
  const how = howEnded(ended);
  if (how === undefined) return outOfMemory(name);
  // Somebody else ended it.
  const others = ended.signal === "SIGTERM" || ended.signal === "SIGHUP";
  if (others) return new OslmError("quantize-failed", { file: name, reason: how });
  return new OslmError("malformed-gguf", { file: name, reason: `llama.cpp breaks off at it: ${how}` });
}

/** Where rows of a tensor end the process. */
export function chunkFailure(tensor: string, ended: Ended): OslmError {
  const how = howEnded(ended);
  return how === undefined ? outOfMemory(tensor) : new OslmError("quantize-failed", { file: tensor, reason: how });
}

/** Undefined: for want of memory. */
function howEnded({ code, signal, errors }: Ended): string | undefined {
  // The kernel kills with nothing else.
  if (signal === "SIGKILL" || NO_MEMORY.test(errors)) return undefined;
  const assertion = /[\w./-]*?([\w-]+\.\w+:\d+: [^\n]*)/.exec(errors)?.[1];
  return assertion ?? (signal === null ? `it ended with code ${code}` : `it ended with ${signal}`);
}

function outOfMemory(file: string): OslmError {
  return new OslmError("out-of-memory", { file, reason: "the system ended the process for want of memory" });
}
