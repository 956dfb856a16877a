// The files that a vocabulary may be made of, each bounded and checked for being what its name says.
import { type JsonObject, readJson } from "../read-json.js";
import { malformed } from "./malformed.js";

/** A whole file of the checkpoint's folder by its name; null where there is none. */
export type ReadFile = (name: string) => Promise<Uint8Array | null>;

/** tokenizer.json of Gemma 3, the largest known, has 33 MB. */
const MAX_BYTES = 128 * 1024 * 1024;
/** The longest chat templates are near 100 KB; longer ones our own reader of GGUF would walk over. */
export const MAX_TEMPLATE_BYTES = 1024 * 1024;

/** @throws OslmError malformed-checkpoint for more bytes than `limit` */
export async function readBounded(read: ReadFile, name: string, limit = MAX_BYTES): Promise<Uint8Array | null> {
  const bytes = await read(name);
  if (bytes !== null && bytes.length > limit) {
    throw malformed(name, `it has ${bytes.length} bytes, more than ${limit}`);
  }
  return bytes;
}

/** @throws OslmError malformed-checkpoint for what is not UTF-8 */
export async function readText(read: ReadFile, name: string, limit?: number): Promise<string | null> {
  const bytes = await readBounded(read, name, limit);
  if (bytes === null) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw malformed(name, "it is not UTF-8");
  }
}

/** @throws OslmError malformed-checkpoint for what is not a JSON object */
export async function readObject(read: ReadFile, name: string): Promise<JsonObject | null> {
  const bytes = await readBounded(read, name);
  return bytes === null ? null : readJson(name, bytes);
}
