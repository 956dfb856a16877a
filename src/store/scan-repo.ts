// The models in one repository's folder of the Hugging Face cache, whoever put them there.
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { groupVariants } from "../gguf/variants.js";
import { formatRef, parseRef } from "../model/ref.js";
import {
  type Bytes,
  type CommitSha,
  isCommitSha,
  isRepoId,
  isSha256,
  type RepoId,
  type Sha256,
  type StoredModel,
} from "../model/types.js";
import { commitsOf, type Entry, pathsBelow, readEntry } from "./entries.js";
import { hasLinkAbove, namesIn, peek } from "./files.js";
import { RepoLayout } from "./layout.js";

export interface FoundFile {
  /** Inside the repository. */
  readonly path: string;
  readonly size: Bytes;
  /** What the blob is called, and nothing more: it has not been hashed. Undefined on disks without links. */
  readonly claimed: Sha256 | undefined;
  /** Its name in the snapshot, absolute. */
  readonly place: string;
}

/** A GGUF model whose files are all there. Neither their bytes nor their headers have been looked at. */
export interface FoundModel {
  /** The canonical reference of exactly this: with the branch, quantization or file that tells it from others. */
  readonly name: string;
  /** The same without the quantization. */
  readonly ref: string;
  readonly repo: RepoId;
  readonly commit: CommitSha;
  /** The model that the repository is named after; others of it are named by their files. */
  readonly isMain: boolean;
  readonly quant: string;
  readonly size: Bytes;
  /** All shards in order. */
  readonly files: readonly [FoundFile, ...FoundFile[]];
}

/** The record of a model that another program put here: nobody was asked about its license. */
export function recordOfFound(
  { name, ref, repo, commit, quant, size, files }: FoundModel,
  known: Pick<StoredModel, "files" | "license" | "addedAt">,
): StoredModel {
  return { name, ref, repo, commit, quant, size, path: files[0].place, ...known, lastUsedAt: null, adopted: true };
}

/** The repositories that have a folder in this cache, sorted. */
export async function reposIn(hubCache: string): Promise<readonly RepoId[]> {
  const names = (await namesIn(hubCache)).flatMap((name) => /^models--(.+)$/.exec(name)?.[1] ?? []);
  // Organizations hold no double dash; names of models may.
  return names.map((name) => name.replace("--", "/")).filter(isRepoId);
}

/**
 * The models in all snapshots of a repository; none when it has no folder. Nothing is read but names, links and refs;
 * a link that leaves the repository is not followed. @throws OslmError unsafe-name for what is not `org/name`
 */
export async function scanRepo(hubCache: string, repo: RepoId): Promise<readonly FoundModel[]> {
  const layout = new RepoLayout(hubCache, repo);
  if (await hasLinkAbove(hubCache, join(layout.snapshots, "any"))) return [];
  const branches = await branchesOf(layout);
  const found: FoundModel[] = [];
  for (const commit of await commitsOf(layout)) {
    found.push(...modelsOf(repo, commit, revisionFor(commit, branches), await entriesOf(layout, commit)));
  }
  return found;
}

/** The commit that each branch or tag of this cache names. */
export async function branchesOf(layout: RepoLayout): Promise<ReadonlyMap<string, CommitSha>> {
  const branches = new Map<string, CommitSha>();
  if (await hasLinkAbove(layout.hubCache, join(layout.refs, "any"))) return branches;
  for (const path of await pathsBelow(layout.refs)) {
    const ref = layout.ref(path);
    const stat = await peek(ref);
    if (!stat?.isFile() || stat.size > 64) continue;
    const commit = (await readFile(ref, "utf8")).trim();
    if (isCommitSha(commit)) branches.set(path, commit);
  }
  return branches;
}

async function entriesOf(layout: RepoLayout, commit: CommitSha): Promise<readonly Entry[]> {
  const paths = (await pathsBelow(join(layout.snapshots, commit))).filter((path) => /\.gguf$/i.test(path));
  const entries = await Promise.all(paths.map((path) => readEntry(layout, commit, path)));
  return entries.filter((entry) => entry !== undefined);
}

/** Nothing for `main`, which is meant where nothing is said; the commit itself where no branch leads to it. */
function revisionFor(commit: CommitSha, branches: ReadonlyMap<string, CommitSha>): string | undefined {
  if (branches.get("main") === commit) return undefined;
  return [...branches].find(([, target]) => target === commit)?.[0] ?? commit;
}

function modelsOf(
  repo: RepoId,
  commit: CommitSha,
  revision: string | undefined,
  entries: readonly Entry[],
): readonly FoundModel[] {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const base = { kind: "hub" as const, repo, ...(revision && { revision }) };
  const found: FoundModel[] = [];
  let rest = entries.map(({ path, stat }) => ({ path, size: stat.size, gitOid: "" }));
  // One model of the repository is the one that its name means; the others have only the names of their files.
  for (let isMain = true; rest.length > 0; isMain = false) {
    const { variants, others } = groupVariants(rest, repo);
    if (variants.length === 0) break;
    for (const { quant, size, files } of variants) {
      const [first, ...more] = files.map(({ path }) => foundFile(byPath.get(path)));
      if (first === undefined) continue;
      // What nobody can type is left to the programs that named it.
      if (!isTypable(formatRef({ ...base, path: first.path }))) continue;
      const isNamed = isMain && quant !== "unknown";
      const ref = formatRef(isNamed ? base : { ...base, path: first.path });
      const name = isNamed ? formatRef({ ...base, quant }) : ref;
      found.push({
        name,
        ref,
        repo,
        commit,
        isMain,
        quant,
        size,
        files: [first, ...more.filter((file) => file !== undefined)],
      });
    }
    rest = others.map(({ path, size }) => ({ path, size, gitOid: "" }));
  }
  return found;
}

function foundFile(entry: Entry | undefined): FoundFile | undefined {
  if (entry === undefined) return undefined;
  const blob = basename(entry.at);
  const claimed = entry.at !== entry.place && isSha256(blob) ? blob : undefined;
  return { path: entry.path, size: entry.stat.size, claimed, place: entry.place };
}

function isTypable(name: string): boolean {
  try {
    return formatRef(parseRef(name)) === name;
  } catch {
    return false;
  }
}
