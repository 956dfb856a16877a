// Is a reply to a request for a file that file, as it lies on the server?
import { OslmError } from "../errors.js";
import type { Reply } from "./reply.js";

/**
 * Looks at the headers only. Captive portals answer every address with a page of their own; some proxies compress what
 * they were asked to leave alone, after which neither lengths nor ranges are those of the file.
 * @throws OslmError malformed-reply
 */
export function checkFileReply({ headers, url }: Pick<Reply, "headers" | "url">, path: string): void {
  const malformed = (reason: string) => new OslmError("malformed-reply", { url, reason });
  if (/^text\/html/i.test(headers.get("content-type") ?? "") && !/\.html?$/i.test(path)) {
    throw malformed("a web page came in place of the file");
  }
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  if (encoding !== "" && encoding !== "identity") {
    // A header is no list of known names.
    const shown = encoding.replace(/[^\w,. -]+/g, "?").slice(0, 40);
    throw malformed(`the file came with the encoding ${shown}, which was not asked for`);
  }
}
