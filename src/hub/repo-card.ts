// What a repository says of itself, in one small request: card, commit and names of files.
import { refusedPaths } from "../model/safe-path.js";
import type { Bytes, CommitSha, ModelCard, RepoId } from "../model/types.js";
import { decodeModelInfo } from "./decode.js";
import type { Hub } from "./hub.js";
import { replyError } from "./reply-error.js";
import { objectIn } from "./repo-info.js";

export interface RepoCard {
  /** The present name, which differs from the asked one after a rename. */
  readonly repo: RepoId;
  readonly commit: CommitSha;
  readonly card: ModelCard;
  /** What the Hub asks consent to: hostile text. */
  readonly gatePrompt?: string;
  /** Paths that are safe on every disk. */
  readonly files: readonly string[];
  /** The other names: hostile text. */
  readonly refused: readonly string[];
}

/** Unlike the whole info these leave out the chat template, which may be 100 kB. */
const FIELDS = ["sha", "cardData", "tags", "gated", "siblings"];
/** 100,000 names of files. */
const MAX_BYTES: Bytes = 8 * 1024 * 1024;

/** The repository as it is on `main` now. @throws OslmError as Hub.snapshot does */
export async function readRepoCard(
  { http, retry }: Pick<Hub, "http" | "retry">,
  repo: RepoId,
  signal?: AbortSignal,
): Promise<RepoCard> {
  const query = FIELDS.map((field) => `expand=${field}`).join("&");
  const url = `${http.endpoint}/api/models/${repo}/revision/main`;
  return retry(async () => {
    const headers = { accept: "application/json" };
    const reply = await http.send({ url: `${url}?${query}`, headers, signal, redirects: "own-origin" });
    if (!reply.ok) throw await replyError(http, reply, { repo, revision: "main" });
    const info = objectIn(url, (await reply.bytes(MAX_BYTES)).toString());
    const { repo: name, commit, card, gatePrompt } = decodeModelInfo(url, { ...info, name: info.id });
    return { repo: name, commit, card, ...(gatePrompt !== undefined && { gatePrompt }), ...namesOf(info.siblings) };
  }, signal);
}

function namesOf(siblings: unknown): Pick<RepoCard, "files" | "refused"> {
  const list: readonly unknown[] = Array.isArray(siblings) ? siblings : [];
  const names = list.flatMap((item) => {
    const name: unknown = typeof item === "object" && item !== null && "rfilename" in item ? item.rfilename : undefined;
    return typeof name === "string" ? [name] : [];
  });
  const refused = refusedPaths(names);
  return { files: names.filter((name) => !refused.has(name)), refused: [...refused.keys()] };
}
