// Making a damaged or missing file of a stored model whole again: what is good of it stays, the rest is fetched.
import { basename, dirname, join, sep } from "node:path";
import { download } from "../../download/download.js";
import type { DownloadEvent, Job } from "../../download/job.js";
import { checkFileReply } from "../../hub/file-reply.js";
import type { Http } from "../../hub/http.js";
import { replyError } from "../../hub/reply-error.js";
import {
  type Bytes,
  isCommitSha,
  isRepoId,
  type RepoSnapshot,
  type StoredFile,
  type StoredModel,
} from "../../model/types.js";
import { untilAborted } from "../../model/until-aborted.js";
import { checkFile } from "../../store/check-file.js";
import { peek } from "../../store/files.js";
import type { Hasher } from "../../store/hasher.js";
import { linkSnapshot } from "../../store/link-snapshot.js";
import { ownFolder, settle } from "../../store/own-files.js";
import { reopen } from "../../store/partial.js";
import { holdLock, type WaitingEvent } from "../hold-lock.js";
import { webFiles } from "../pull/web-files.js";
import type { World } from "../world.js";

export type RepairEvent = DownloadEvent | WaitingEvent;

/** How one file can be had again. */
export interface Repair {
  /** The lock to hold, and whose it is. */
  readonly lock: string;
  readonly holder: string;
  /** Called by its hash until it is whole: the form in which partial files are found again. */
  readonly job: Job;
  /** Where the file lies now, if it does. */
  readonly from: string;
  /** Gives the verified file its final name, if it has not. */
  finish(): Promise<void>;
}

/** Whether a server is known to have the model's files. */
export function canBeFetched({ repo, ref, path }: StoredModel, data: string): boolean {
  return repo !== null || (/^https?:/.test(ref) && path.startsWith(data + sep));
}

/** Undefined for files that no server is known to have: they were imported from this disk. */
export async function planRepair(world: World, model: StoredModel, file: StoredFile): Promise<Repair | undefined> {
  const { repo, commit } = model;
  if (repo !== null && commit !== null && isRepoId(repo) && isCommitSha(commit)) {
    return hubRepair(world, { repo, commit }, file);
  }
  return webRepair(world, model, file);
}

async function hubRepair(
  world: World,
  { repo, commit }: Pick<RepoSnapshot, "repo" | "commit">,
  file: StoredFile,
): Promise<Repair> {
  const [hub, store] = await Promise.all([world.hub(), world.store()]);
  const layout = store.layout(repo);
  const at = await store.place({ repo, commit }, { ...file, gitOid: "" });
  // Small files are called by git's hash in the cache.
  const gitOid = dirname(at) === layout.blobs && /^[0-9a-f]{40}$/.test(basename(at)) ? basename(at) : undefined;
  const { path, size, sha256 } = file;
  const listed = gitOid === undefined ? { path, size, sha256, gitOid: "" } : { path, size, gitOid };
  const card = { license: [], baseModels: [] };
  const snapshot: RepoSnapshot = { repo, commit, revision: commit, gated: false, card, files: [listed] };
  const url = hub.fileUrl(snapshot, path);
  const target = layout.blob(listed);
  return {
    lock: store.lockPath(repo),
    holder: repo,
    job: { file: { path, size, sha256 }, url, repo, target, root: layout.hubCache },
    from: at,
    finish: () => linkSnapshot(layout, snapshot, [listed]),
  };
}

async function webRepair(world: World, model: StoredModel, file: StoredFile): Promise<Repair | undefined> {
  const store = await world.store();
  const { data } = store;
  const { ref, files } = model;
  const [first] = files;
  if (first === undefined || !canBeFetched(model, data)) return undefined;
  const sources = webFiles(
    ref,
    files.map(({ sha256 }) => sha256),
  );
  const source = sources.find(({ sha256 }) => sha256 === file.sha256);
  if (source === undefined) return undefined;
  const folder = ownFolder(data, first.sha256);
  const [target, final] = [join(folder, file.sha256), join(folder, file.path)];
  return {
    lock: store.ownLockPath(folder),
    holder: ref,
    job: { file: { path: file.path, size: file.size, sha256: file.sha256 }, url: source.url, target, root: data },
    from: (await peek(final)) === undefined ? target : final,
    finish: () => settle(target, final, data),
  };
}

/**
 * Fetches what is damaged or missing and gives the bytes that came. The file is looked at again under the lock: another
 * oslm may have repaired it meanwhile. @throws OslmError what download throws, disk-full; what came is kept
 */
export async function* repairFile(
  world: World,
  { lock, holder, job, from, finish }: Repair,
  hasher: Hasher,
): AsyncGenerator<RepairEvent, Bytes> {
  const [hub, store] = await Promise.all([world.hub(), world.store()]);
  const release = yield* holdLock(lock, holder, world.signal);
  try {
    const { file, target } = job;
    const found = await untilAborted(world.signal, checkFile(from, file, hasher, await store.sumsOf(file)));
    let fetched = 0;
    if (found.state !== "ok") {
      if (found.state === "damaged") {
        // The damaged file keeps its name until the source has shown that it can be reached and still has it.
        await askForIt(hub.http, job, world.signal);
        await reopen(target, file, found.good, from);
      }
      for await (const event of download([job], {
        http: hub.http,
        signal: world.signal,
        keepSums: store.keepSums,
        sumsOf: store.sumsOf,
        hasher,
      })) {
        if (event.type === "verified") fetched += event.downloaded;
        yield event;
      }
    }
    await finish();
    return fetched;
  } finally {
    await release();
  }
}

/** Asks for one byte. @throws OslmError as a download does */
async function askForIt(http: Http, { url, repo = "", file }: Job, signal: AbortSignal): Promise<void> {
  const reply = await http.send({ url, headers: { range: "bytes=0-0" }, signal, redirects: "anywhere" });
  if (!reply.ok) throw await replyError(http, reply, { repo, path: file.path });
  await reply.discard();
  checkFileReply(reply, file.path);
}
