// A repository with all that the Hub knows of the model in it, in one request.
import { plain } from "../model/plain.js";
import { refusedPaths } from "../model/safe-path.js";
import type { RepoFile, RepoId, RepoSnapshot } from "../model/types.js";
import { type CardFacts, decodeFacts } from "./decode-facts.js";
import { decodeWeights, type ReadWeights } from "./decode-weights.js";
import type { Hub } from "./hub.js";
import { readRepoInfo } from "./repo-info.js";

export interface RepoFacts {
  readonly snapshot: RepoSnapshot;
  /** False where a mirror lists names only: all sizes are 0 then. */
  readonly hasSizes: boolean;
  readonly card: CardFacts;
  readonly weights: ReadWeights;
  /** The Hub's label of what it is for; null where there is none. */
  readonly pipeline: string | null;
}

/** @param revision a branch, tag or commit @throws OslmError as Hub.snapshot does */
export async function readRepoFacts(
  hub: Pick<Hub, "http" | "retry">,
  repo: RepoId,
  revision = "main",
  signal?: AbortSignal,
): Promise<RepoFacts> {
  const { info, files, entry } = await readRepoInfo(hub, repo, revision, signal);
  const all = files ?? namesIn(entry.siblings);
  const refused = refusedPaths(all.map(({ path }) => path));
  const safe = all.filter(({ path }) => !refused.has(path));
  return {
    snapshot: { ...info, revision, files: safe, ...(refused.size > 0 && { refused }) },
    hasSizes: files !== undefined,
    card: decodeFacts(entry),
    weights: decodeWeights(entry),
    pipeline: typeof entry.pipeline_tag === "string" ? plain(entry.pipeline_tag).slice(0, 100) : null,
  };
}

const MOST_FILES = 100_000;

function namesIn(siblings: unknown): readonly RepoFile[] {
  const list: readonly unknown[] = Array.isArray(siblings) ? siblings.slice(0, MOST_FILES) : [];
  return list.flatMap((one) => {
    const name: unknown = typeof one === "object" && one !== null && "rfilename" in one ? one.rfilename : undefined;
    return typeof name === "string" ? [{ path: name, size: 0, gitOid: "" }] : [];
  });
}
