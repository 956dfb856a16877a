// The text of a policy file, as far as it can be one.
import { readFile, stat } from "node:fs/promises";
import { OslmError } from "../errors.js";
import type { Bytes } from "../model/types.js";

/** Hundreds of rules and exceptions take less. */
const MAX_SIZE: Bytes = 64 * 1024;

/** @throws OslmError bad-policy for whatever cannot be read: a policy that is missing must not let anything through */
export async function readPolicyText(path: string): Promise<string> {
  const fail = (problem: string, cause?: unknown): OslmError =>
    new OslmError("bad-policy", { file: path, shown: path, line: 0, column: 0, key: "", problem }, { cause });
  try {
    const info = await stat(path);
    // Looked at first: a pipe would be waited for.
    if (!info.isFile()) throw fail("it is not a file");
    if (info.size > MAX_SIZE) throw fail(`it is larger than ${MAX_SIZE} bytes`);
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof OslmError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") throw fail("it is not UTF-8 text", error);
    throw fail(code === "ENOENT" ? "there is no such file" : `it cannot be read (${String(code)})`, error);
  }
}
