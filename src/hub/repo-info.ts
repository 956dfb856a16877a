// A repository at one commit in one request: with `blobs` the Hub's model info lists all files with sizes and hashes.
import { OslmError } from "../errors.js";
import { parseObject } from "../model/parse-object.js";
import type { Bytes, RepoFile, RepoId } from "../model/types.js";
import { decodeModelInfo, decodeTreeEntry, type ModelInfo } from "./decode.js";
import type { Hub } from "./hub.js";
import { replyError } from "./reply-error.js";

export interface RepoInfo {
  readonly info: ModelInfo;
  /** Undefined where the tree has to be asked. */
  readonly files: readonly RepoFile[] | undefined;
  /** The whole JSON, of which nothing is checked. */
  readonly entry: Readonly<Record<string, unknown>>;
}

/** A thousand files come to 300 kB, a chat template to 100 kB. */
const MAX_BYTES: Bytes = 16 * 1024 * 1024;
/** The Hub may leave files out of longer lists (huggingface_hub goes to the tree there: its pull requests 3122 and 3565). */
const MOST_FILES = 1000;

/** @param revision a branch, tag or commit @throws OslmError as Hub.snapshot does */
export async function readRepoInfo(
  { http, retry }: Pick<Hub, "http" | "retry">,
  repo: RepoId,
  revision: string,
  signal?: AbortSignal,
): Promise<RepoInfo> {
  const url = `${http.endpoint}/api/models/${repo}/revision/${encodeURIComponent(revision)}`;
  const value = await retry(async () => {
    const headers = { accept: "application/json" };
    const reply = await http.send({ url: `${url}?blobs=true`, headers, signal, redirects: "own-origin" });
    if (!reply.ok) throw await replyError(http, reply, { repo, revision });
    return objectIn(url, (await reply.bytes(MAX_BYTES)).toString());
  }, signal);
  return {
    info: decodeModelInfo(url, { ...value, name: value.id }),
    files: filesIn(url, value.siblings),
    entry: value,
  };
}

/** Throws `malformed-reply`. An array lacks every field that is asked of it then. */
export function objectIn(url: string, text: string): Readonly<Record<string, unknown>> {
  const fields = parseObject(text);
  if (fields === undefined) throw new OslmError("malformed-reply", { url, reason: "is not a JSON object" });
  return fields;
}

/** Mirrors may know no `blobs`: whatever is not whole and plain is asked of the tree, which has the last word. */
function filesIn(url: string, siblings: unknown): readonly RepoFile[] | undefined {
  if (!Array.isArray(siblings) || siblings.length === 0 || siblings.length > MOST_FILES) return undefined;
  try {
    return siblings.flatMap((one) => decodeTreeEntry(url, asTreeEntry(one)) ?? []);
  } catch {
    return undefined;
  }
}

/** The same facts by the names that the tree has for them. */
function asTreeEntry(sibling: unknown): object {
  const { rfilename, blobId, size, lfs } = { ...(sibling as Readonly<Record<string, unknown>>) };
  const large = typeof lfs === "object" && lfs !== null ? { lfs: { ...lfs, oid: "sha256" in lfs && lfs.sha256 } } : {};
  return { type: "file", path: rfilename, oid: blobId, size, ...large };
}
