// A server that refuses a range (416) of a file that should reach further.
import { OslmError } from "../errors.js";
import type { Bytes } from "../model/types.js";
import type { Reply } from "./reply.js";

/** Such a reply may tell the file's length in a Content-Range without a range (RFC 9110, 15.5.17). */
export function refusedRange(
  { headers, url }: Pick<Reply, "headers" | "url">,
  file: { readonly path: string; readonly size: Bytes },
): OslmError<"size-mismatch"> | OslmError<"malformed-reply"> {
  const actual = /^bytes \*\/(\d{1,15})$/.exec(headers.get("content-range") ?? "")?.[1];
  if (actual !== undefined && Number(actual) !== file.size) {
    return new OslmError("size-mismatch", { file: file.path, expected: file.size, actual: Number(actual) });
  }
  return new OslmError("malformed-reply", { url, reason: "refuses a range of the file, as if it were shorter" });
}
