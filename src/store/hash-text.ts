// The hash by which a text is known.
import { createHash } from "node:crypto";

/** sha256 of the text in UTF-8, in hexadecimal digits. */
export function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Enough of the hash of a value to tell it from what stands beside it; the order in which fields were given does not count. */
export function shortHash(value: unknown): string {
  return hashText(JSON.stringify(value, sorted)).slice(0, 16);
}

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
