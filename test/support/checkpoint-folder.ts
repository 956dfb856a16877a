// Files of a checkpoint that only exist in a test.
import type { ReadFile } from "../../src/convert/vocabulary/files.js";

/** Bytes as they are, texts as UTF-8, everything else as JSON. */
export function folderOf(files: Readonly<Record<string, unknown>>): ReadFile {
  return async (name) => {
    if (!Object.hasOwn(files, name)) return null;
    const content = files[name];
    if (content instanceof Uint8Array) return content;
    return new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content));
  };
}
