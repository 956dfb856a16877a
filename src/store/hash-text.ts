// The hash by which a text is known.
import { createHash } from "node:crypto";

/** sha256 of the text in UTF-8, in hexadecimal digits. */
export function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
