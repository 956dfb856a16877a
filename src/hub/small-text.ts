// A small text of a repository at one commit, in one request: `raw` answers at once where `resolve` redirects first.
import { OslmError } from "../errors.js";
import type { Bytes } from "../model/types.js";
import { checkFileReply } from "./file-reply.js";
import type { HttpRequest } from "./http.js";
import type { Hub } from "./hub.js";
import { replyError } from "./reply-error.js";

/** How Git LFS says that a file is kept elsewhere (git-lfs, docs/spec.md). */
const POINTER = "version https://git-lfs.github.com/spec/v1\n";

/**
 * UTF-8.
 * @param path a safe one of the listing
 * @param pointers whether a large file is asked for, of which the repository holds a pointer only
 * @throws OslmError file-not-in-repo, gated, malformed-reply when too long or refused
 */
export async function readSmallText(
  { http, retry }: Pick<Hub, "http" | "retry">,
  { repo, commit, path }: { readonly repo: string; readonly commit: string; readonly path: string },
  maxBytes: Bytes,
  signal?: AbortSignal,
  pointers: "follow" | "refuse" = "follow",
): Promise<string> {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  const read = (verb: string, redirects: HttpRequest["redirects"]) =>
    retry(async () => {
      const reply = await http.send({
        url: `${http.endpoint}/${repo}/${verb}/${commit}/${encoded}`,
        signal,
        redirects,
      });
      if (!reply.ok) throw await replyError(http, reply, { repo, revision: commit, path });
      checkFileReply(reply, path);
      return new TextDecoder().decode(await reply.bytes(maxBytes));
    }, signal);
  const text = await read("raw", "own-origin");
  if (!text.startsWith(POINTER)) return text;
  if (pointers === "refuse") throw new OslmError("malformed-reply", { url: path, reason: "is no small file" });
  return read("resolve", "anywhere");
}
