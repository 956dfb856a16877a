// A Hub, a cache and a state folder of one test, and the steps of a pull on them.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DownloadDeps, download } from "../../src/download/download.js";
import { type DownloadEvent, hubJobs } from "../../src/download/job.js";
import type { HttpOptions } from "../../src/hub/http.js";
import { createHub } from "../../src/hub/hub.js";
import { isRepoId, type RepoFile, type RepoId, type RepoSnapshot, type StoredModel } from "../../src/model/types.js";
import { Hasher } from "../../src/store/hasher.js";
import { waitForLock } from "../../src/store/lock.js";
import { Store } from "../../src/store/store.js";
import { type FakeHub, type FakeRepo, startFakeHub } from "./fake-hub.js";

export const TOKEN = "hf_aSecretThatMustNotTravel";

/** A model that came from the Hub. */
export type HubModel = StoredModel & { readonly repo: string; readonly commit: string };

export interface Room {
  readonly fake: FakeHub;
  readonly store: Store;
  readonly cache: string;
  readonly state: string;
  /** Milliseconds that retries asked to wait; no test really waits. */
  readonly waits: number[];
  readonly events: DownloadEvent[];
  snapshot(repo: string, revision?: string): Promise<RepoSnapshot>;
  /** Downloads what is missing of these files (all unless given). */
  fetch(snapshot: RepoSnapshot, paths?: readonly string[], deps?: Partial<DownloadDeps>): Promise<void>;
  /** snapshot, fetch and add, under the lock. */
  pull(repo: string, paths?: readonly string[], name?: string, revision?: string): Promise<HubModel>;
  /** Names in `blobs`, sorted. */
  blobs(repo: string): Promise<string[]>;
  close(): Promise<void>;
}

export function repoId(text: string): RepoId {
  if (!isRepoId(text)) throw new Error(text);
  return text;
}

/** The worker runs as JavaScript: threads of a test do not load TypeScript. */
export const builtHasher = () => new Hasher(new URL("../../dist/parts/hash-worker.js", import.meta.url));

/** Bytes that differ at every place, so that a mix-up of offsets cannot pass. */
export function bytes(length: number, seed = 1): Buffer {
  const buffer = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    buffer[at] = state >>> 24;
  }
  return buffer;
}

export async function openRoom(repos: readonly FakeRepo[], http: Partial<HttpOptions> = {}): Promise<Room> {
  const fake = await startFakeHub({ repos, token: TOKEN });
  const root = await mkdtemp(join(tmpdir(), "oslm-room-"));
  const [cache, state] = [join(root, "hub"), join(root, "state")];
  const store = new Store({ hubCache: cache, state, data: join(root, "data") });
  const hub = createHub({ endpoint: fake.endpoint, stallMs: 10_000, ...http });
  const waits: number[] = [];
  const events: DownloadEvent[] = [];

  const snapshot: Room["snapshot"] = (repo, revision) => hub.snapshot(repoId(repo), revision);
  const fetch: Room["fetch"] = async (from, paths, deps = {}) => {
    const { missing } = await store.inspect(from, pick(from, paths));
    const sleep = async (ms: number) => {
      waits.push(ms);
    };
    const jobs = hubJobs(hub, store.layout(from.repo), from, missing);
    const hasher = builtHasher();
    try {
      const all = { http: hub.http, sleep, random: () => 0, hasher, ...deps };
      for await (const event of download(jobs, all)) events.push(event);
    } finally {
      await hasher.close();
    }
  };
  return {
    fake,
    store,
    cache,
    state,
    waits,
    events,
    snapshot,
    fetch,
    async pull(repo, paths, name = repo, revision) {
      const from = await snapshot(repo, revision);
      const release = await waitForLock(store.lockPath(from.repo));
      try {
        await fetch(from, paths);
        const license = { id: "mit", class: "permissive" } as const;
        const model = { name, ref: name, quant: "Q8_0", license, addedAt: "2026-01-01T00:00:00.000Z" };
        return { ...(await store.add(from, pick(from, paths), model)), repo: from.repo, commit: from.commit };
      } finally {
        await release();
      }
    },
    blobs: async (repo) => (await readdir(store.layout(repo).blobs).catch(() => [])).sort(),
    async close() {
      await fake.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

function pick({ files }: RepoSnapshot, paths: readonly string[] | undefined): readonly RepoFile[] {
  if (paths === undefined) return files;
  return paths.map((path) => {
    const file = files.find((one) => one.path === path);
    if (file === undefined) throw new Error(`no ${path} in the listing`);
    return file;
  });
}
