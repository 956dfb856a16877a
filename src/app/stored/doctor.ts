// What a person would look at when something does not work: this machine, the folders, the list of models, the network.
import { access, constants, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { NetworkSettings } from "../../config/network-settings.js";
import { isOslmError } from "../../errors.js";
import type { Bytes, Host } from "../../model/types.js";
import { type LinkedFolder, linkedRepos } from "../../store/linked-folders.js";
import { type LockHere, locksHere } from "../../store/locks-here.js";
import type { ModelState } from "../../store/model-state.js";
import { passingHere } from "../../store/passing-files.js";
import { findUnlisted } from "../../store/rebuild.js";
import type { Store } from "../../store/store.js";
import { type Calibration, calibrationHere } from "../fit/fit-audit.js";
import type { World } from "../world.js";
import { type Finding, findingsOf } from "./findings.js";

export interface Folder {
  readonly name: "cache" | "data" | "state";
  readonly path: string;
  /** Whether it, or the folder that it would be made in, can be written to. */
  readonly writable: boolean;
  /** Of its disk, for this user; null when that cannot be asked. */
  readonly free: Bytes | null;
}

export interface IndexHealth {
  readonly path: string;
  /** `lost`: only its copy is there; `newer`: written by a later oslm; `unreadable`: the system refuses. */
  readonly state: "none" | "ok" | "lost" | "broken" | "newer" | "unreadable";
  /** Recorded and whole. */
  readonly models: number;
  /** Names of recorded models of whose files some have gone or have another size. */
  readonly damaged: readonly string[];
  /** Names of recorded models whose files have gone. */
  readonly gone: readonly string[];
  /** Of those, the imported ones, and where their files were. */
  readonly away: readonly { readonly name: string; readonly path: string }[];
  /** Names of recorded models behind a link, which is not followed. */
  readonly linked: readonly string[];
  /** Whole models on this disk that are not recorded. */
  readonly unlisted: number;
}

export interface Checkup {
  readonly versions: { readonly oslm: string; readonly node: string };
  /** As Node names them: `linux x64`. */
  readonly platform: string;
  readonly host: Host;
  /** What past loads here have taught. */
  readonly calibration: Calibration;
  readonly folders: readonly Folder[];
  readonly index: IndexHealth;
  readonly locks: readonly LockHere[];
  /** Parts of interrupted downloads. */
  readonly parts: { readonly count: number; readonly bytes: Bytes };
  /** Temporary files that were left behind. */
  readonly temporary: readonly string[];
  /** Results that a killed process has begun in folders of the user's. */
  readonly unfinished: readonly { readonly path: string; readonly bytes: Bytes }[];
  readonly hub: { readonly endpoint: string; readonly tokenFrom: string | null };
  /** Repositories of the cache whose folder is a link. */
  readonly links: readonly LinkedFolder[];
  readonly network: NetworkSettings & { readonly caCertsReadable: boolean; readonly offline: boolean };
}

export interface Diagnosis extends Checkup {
  readonly findings: readonly Finding[];
}

export interface DoctorFacts {
  readonly versions: Checkup["versions"];
  readonly platform: string;
  readonly network: NetworkSettings;
}

/** Looks at everything and changes nothing. */
export async function examine(world: World, { versions, platform, network }: DoctorFacts): Promise<Diagnosis> {
  const store = await world.store();
  const { parts, temporary, unfinished } = await passingHere(store, world.now());
  const checkup: Checkup = {
    versions,
    platform,
    host: await world.host(),
    calibration: await calibrationHere(world),
    folders: await Promise.all([
      lookAt("cache", store.hubCache),
      lookAt("data", store.data),
      lookAt("state", store.state),
    ]),
    index: await indexHealth(store),
    locks: await locksHere(store),
    parts: { count: parts.length, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) },
    temporary: temporary.map(({ path }) => path),
    unfinished: unfinished.map(({ path, bytes }) => ({ path, bytes })),
    hub: { endpoint: world.endpoint, tokenFrom: world.token.source ?? null },
    links: await linkedRepos(store.hubCache),
    network: { ...network, caCertsReadable: await isReadable(network.caCerts), offline: world.offline },
  };
  return { ...checkup, findings: findingsOf(checkup) };
}

async function indexHealth({ index, disk }: Store): Promise<IndexHealth> {
  const health = { path: index.path, models: 0, damaged: [], gone: [], away: [], linked: [], unlisted: 0 };
  try {
    const { state, models } = await index.look();
    const states = await Promise.all(models.map((model) => disk.stateOf(model)));
    const { found, own } = await findUnlisted(disk, models);
    const named = (wanted: ModelState) => models.filter((_, at) => states[at] === wanted).map(({ name }) => name);
    return {
      ...health,
      state,
      models: named("whole").length,
      damaged: named("damaged"),
      gone: named("gone"),
      away: models.flatMap(({ name, repo, path, files }, at) =>
        states[at] === "gone" && repo === null && files[0]?.mtimeMs !== undefined ? [{ name, path }] : [],
      ),
      linked: named("linked"),
      unlisted: found.length + own.length,
    };
  } catch (error) {
    if (isOslmError(error, "newer-index")) return { ...health, state: "newer" };
    if (isOslmError(error) || !(error instanceof Error && "code" in error)) throw error;
    return { ...health, state: "unreadable" };
  }
}

async function lookAt(name: Folder["name"], path: string): Promise<Folder> {
  const there = await nearest(path);
  const info = await stat(there).catch(() => undefined);
  const writable = info?.isDirectory() === true && (await isAllowed(there, constants.W_OK | constants.X_OK));
  const disk = await statfs(there).catch(() => undefined);
  return { name, path, writable, free: disk === undefined ? null : disk.bavail * disk.bsize };
}

/** The folder itself, or the one above it that is there. */
async function nearest(path: string): Promise<string> {
  const above = dirname(path);
  return above === path || (await isAllowed(path, constants.F_OK)) ? path : nearest(above);
}

async function isReadable(path: string | null): Promise<boolean> {
  return path !== null && (await isAllowed(path, constants.R_OK));
}

async function isAllowed(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
