// The records of evaluated prompts, and which of them go when there is no more room.
import { lstat, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseObject } from "../model/parse-object.js";
import type { Bytes } from "../model/types.js";
import { namesIn, peek } from "./files.js";

export interface StatePlace {
  readonly folder: string;
  readonly id: string;
}

export interface StateEntry extends StatePlace {
  readonly tokens: readonly number[];
  readonly exact: number;
  readonly bytes: Bytes;
  readonly sha256: string;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
}

/** A context of a million tokens takes 8 MB. */
const MAX_RECORD: Bytes = 16 * 2 ** 20;
/** Of one model: reading more records would cost more than it finds. */
const MAX_ENTRIES = 64;
/** Nothing takes so long to write. */
const LEFT_BEHIND_MS = 3_600_000;

export function statePath({ folder, id }: StatePlace): string {
  return join(folder, `${id}.state`);
}

export function recordPath({ folder, id }: StatePlace): string {
  return join(folder, `${id}.json`);
}

/** The record first: a state without one is never used. */
export async function removeState(place: StatePlace): Promise<void> {
  await rm(recordPath(place), { force: true }).catch(() => {});
  await rm(statePath(place), { force: true }).catch(() => {});
}

/** Those of one model. Records that make no sense are passed over. */
export async function listStates(folder: string): Promise<readonly StateEntry[]> {
  const ids = (await namesIn(folder)).flatMap((name) => /^([0-9a-f]{32})\.json$/.exec(name)?.[1] ?? []);
  return (await Promise.all(ids.map((id) => readEntry({ folder, id })))).filter((entry) => entry !== undefined);
}

async function readEntry(place: StatePlace): Promise<StateEntry | undefined> {
  const path = recordPath(place);
  const info = await peek(path);
  if (!info?.isFile() || info.size > MAX_RECORD) return undefined;
  const { tokens, exact, bytes, sha256 } = parseObject(await readFile(path, "utf8").catch(() => "")) ?? {};
  if (!Array.isArray(tokens) || !tokens.every(isCount) || !isCount(exact) || !isCount(bytes)) return undefined;
  if (typeof sha256 !== "string" || exact > tokens.length) return undefined;
  return { ...place, tokens, exact, bytes, sha256, usedAt: info.mtimeMs };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Removes what was not used for longest until all states together take at most `limit`, and what a killed process left. */
export async function keepBelow(root: string, limit: Bytes): Promise<void> {
  const files: { place: StatePlace; bytes: Bytes; usedAt: number }[] = [];
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const folder = join(root, entry.name);
    const ofModel: typeof files = [];
    for (const name of await namesIn(folder)) {
      const path = join(folder, name);
      const info = await lstat(path).catch(() => undefined);
      if (info === undefined) continue;
      const id = /^([0-9a-f]{32})\.state$/.exec(name)?.[1];
      if (id === undefined) {
        if (name.endsWith(".tmp") && Date.now() - info.mtimeMs > LEFT_BEHIND_MS) await rm(path, { force: true });
        continue;
      }
      const used = await lstat(recordPath({ folder, id })).catch(() => undefined);
      ofModel.push({ place: { folder, id }, bytes: info.size, usedAt: used?.mtimeMs ?? 0 });
    }
    ofModel.sort((one, other) => other.usedAt - one.usedAt);
    for (const { place } of ofModel.splice(MAX_ENTRIES)) await removeState(place);
    files.push(...ofModel);
  }
  files.sort((one, other) => other.usedAt - one.usedAt);
  let total = 0;
  for (const { place, bytes } of files) {
    total += bytes;
    if (total > limit) await removeState(place);
  }
}
