// A small text of a repository at one commit, in one request: `raw` answers at once where `resolve` redirects first.
import type { Bytes } from "../model/types.js";
import { checkFileReply } from "./file-reply.js";
import type { Hub } from "./hub.js";
import { replyError } from "./reply-error.js";

/**
 * UTF-8; of a file that Git keeps elsewhere only its pointer. @param path a safe one of the listing
 * @throws OslmError file-not-in-repo, gated, malformed-reply when longer than `maxBytes`
 */
export async function readSmallText(
  { http, retry }: Pick<Hub, "http" | "retry">,
  { repo, commit, path }: { readonly repo: string; readonly commit: string; readonly path: string },
  maxBytes: Bytes,
  signal?: AbortSignal,
): Promise<string> {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  const url = `${http.endpoint}/${repo}/raw/${commit}/${encoded}`;
  return retry(async () => {
    const reply = await http.send({ url, signal, redirects: "own-origin" });
    if (!reply.ok) throw await replyError(http, reply, { repo, revision: commit, path });
    checkFileReply(reply, path);
    return new TextDecoder().decode(await reply.bytes(maxBytes));
  }, signal);
}
