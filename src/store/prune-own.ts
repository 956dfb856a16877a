// What may go from oslm's own folders.
import { basename, dirname, join } from "node:path";
import { isPassingName } from "../disk/passing-file.js";
import type { StoredModel } from "../model/types.js";
import { filesBelow, namesIn, peek } from "./files.js";
import { RECORD_NAME, readOwnRecord } from "./own-record.js";
import { isOld, item, type Prunable, type PruneRules, passingFiles, YOUNG } from "./prunable.js";

/** One folder of a model that came from no Hub. The caller holds its lock. */
export async function prunableInOwn(
  folder: string,
  recorded: readonly StoredModel[],
  rules: PruneRules,
): Promise<readonly Prunable[]> {
  const paths = (await namesIn(folder)).map((name) => join(folder, name));
  const passing = await passingFiles(paths);
  if (!rules.all) return passing;
  const needed = await neededIn(folder, recorded);
  // A record that cannot be read may be of anything here.
  if (needed === undefined) return passing;
  const found = [...passing];
  for (const path of paths) {
    const isKept = needed.has(basename(path)) || passing.some((one) => path.startsWith(one.path));
    if (isKept || !(await peek(path))?.isFile() || !(await isOld(path, rules.now))) continue;
    found.push(await item("unrecorded", path));
  }
  return found;
}

/** The names that the index, or the record beside them, speaks of: from the second the first can be made anew. */
async function neededIn(folder: string, recorded: readonly StoredModel[]): Promise<ReadonlySet<string> | undefined> {
  const here = recorded.filter(({ repo, path }) => repo === null && dirname(path) === folder);
  const names = new Set(here.flatMap(({ files }) => files.map(({ path }) => path)));
  const record = await readOwnRecord(folder);
  if (record === "none") return names;
  return record === "broken" ? undefined : new Set([...names, RECORD_NAME, ...record.files.map(({ path }) => path)]);
}

/** Of copies and of conversions; the latter are written beside their passing name. */
const INCOMING = /^\.incoming-[0-9a-f]{16}$/;
const BESIDE_INCOMING = /^\.\.incoming-[0-9a-f]{16}\./;
const isIncoming = (name: string) => INCOMING.test(name) || (BESIDE_INCOMING.test(name) && isPassingName(name));

/** Files that were on their way into `data`, and unfinished records of the state folder; old ones only: no lock protects them. */
export async function prunablePassing(data: string, state: string, { now }: PruneRules): Promise<readonly Prunable[]> {
  const found: Prunable[] = [];
  for (const name of await namesIn(data)) {
    const path = join(data, name);
    const stat = await peek(path);
    if (!isIncoming(name) || !stat?.isFile()) continue;
    // A hard link has the time of the file that it is a second name of: only its change tells when it was made.
    const isLive = stat.nlink > 1 && now.getTime() - stat.ctimeMs < YOUNG;
    if (!isLive && (await isOld(path, now))) found.push(await item("temporary", path));
  }
  const own = [...(await namesIn(state)).map((name) => join(state, name)), ...(await filesBelow(join(state, "sums")))];
  for (const one of await passingFiles(own)) if (await isOld(one.path, now)) found.push(one);
  return found;
}

/** Sums of files that are not stored: neither recorded nor in a cache under their hash. */
export async function prunableSums(
  folder: string,
  isStored: (sha256: string) => boolean,
  { now }: PruneRules,
): Promise<readonly Prunable[]> {
  const found: Prunable[] = [];
  for (const name of await namesIn(folder)) {
    const [, sha256] = /^([0-9a-f]{64})\.json$/.exec(name) ?? [];
    const path = join(folder, name);
    if (sha256 !== undefined && !isStored(sha256) && (await isOld(path, now))) found.push(await item("sums", path));
  }
  return found;
}
