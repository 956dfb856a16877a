// Reading the stored models again: is every byte still what it was when it came?
import { sep } from "node:path";
import { isOslmError, OslmError } from "../../errors.js";
import { quoted } from "../../model/quoted.js";
import type { Bytes, Sha256, StoredFile, StoredModel } from "../../model/types.js";
import { untilAborted } from "../../model/until-aborted.js";
import { bringBack } from "../../store/bring-back.js";
import { checkFile, type FileCheck } from "../../store/check-file.js";
import { peek } from "../../store/files.js";
import { Hasher } from "../../store/hasher.js";
import { type LinkedFolder, linkedFolder } from "../../store/linked-folders.js";
import type { Store } from "../../store/store.js";
import { type HashEvent, hashFile } from "../hash-file.js";
import type { World } from "../world.js";
import { findNamed } from "./find-stored.js";
import { canBeFetched, planRepair, type RepairEvent, repairFile } from "./repair.js";

/** The JSON shape of an entry of `verify`. */
export interface VerifiedFile {
  readonly model: string;
  readonly file: string;
  readonly path: string;
  readonly size: Bytes;
  readonly sha256: Sha256;
  /** What it is now; `repaired` is as good as `ok`. */
  readonly state: "ok" | "damaged" | "missing" | "repaired";
  /** The hash or the size of a damaged file. */
  readonly actual: string | null;
  readonly fetchedBytes: Bytes;
  /** For what is wrong: the command that helps. */
  readonly help: string | null;
}

export interface VerifyRequest {
  /** All models unless some are named. */
  readonly names: readonly string[];
  readonly repair: boolean;
}

export type VerifyEvent =
  /** A folder that is not followed: what is behind it counts as missing. */
  | ({ readonly type: "linked" } & LinkedFolder)
  /** A file could not be repaired; the others are looked at all the same. */
  | { readonly type: "unrepaired"; readonly error: OslmError }
  | HashEvent
  | RepairEvent;

/**
 * One row for each file of each model; a file of several models is read once.
 * @throws OslmError not-stored, offline; linked-folder where a named model is behind a link
 */
export async function* verify(
  world: World,
  { names, repair }: VerifyRequest,
): AsyncGenerator<VerifyEvent, readonly VerifiedFile[]> {
  if (repair && world.offline) throw new OslmError("offline", { wanted: "a good copy of what may be damaged" });
  const store = await world.store();
  const recorded = await store.recorded();
  const models = names.length === 0 ? recorded : findNamed(recorded, names, world.endpoint);
  const hasher = new Hasher();
  const checks = new Map<string, FileCheck>();
  const rows: VerifiedFile[] = [];
  try {
    for (const model of [...models].sort((a, b) => a.name.localeCompare(b.name))) {
      const before = rows.length;
      const link = model.repo === null ? undefined : await linkedFolder(store.layout(model.repo));
      if (link !== undefined) {
        if (names.length > 0) throw new OslmError("linked-folder", link);
        yield { type: "linked", ...link };
        rows.push(
          ...model.files.map((file) => ({
            ...rowOf(store, { model, file }, { state: "missing" }),
            help: bringBack(link),
          })),
        );
        continue;
      }
      for (const file of model.files) {
        const row = yield* checkOne(world, { model, file }, checks, hasher);
        rows.push(repair && isWrong(row) ? yield* repairOne(world, { model, file }, row, checks, hasher) : row);
      }
      // A record that was made anew from names of files is as good as any other now.
      const { unchecked, ...checked } = model;
      const wrong = rows.slice(before).some(isWrong);
      if (unchecked && !wrong) await store.record(checked);
      // The next pull reads it again, in place of believing the record.
      if (!unchecked && wrong && model.repo !== null) await store.record({ ...checked, unchecked: true });
    }
  } finally {
    await hasher.close();
  }
  return rows;
}

function isWrong({ state }: VerifiedFile): boolean {
  return state === "damaged" || state === "missing";
}

interface Subject {
  readonly model: StoredModel;
  readonly file: StoredFile;
}

async function* checkOne(
  world: World,
  { model, file }: Subject,
  checks: Map<string, FileCheck>,
  hasher: Hasher,
): AsyncGenerator<VerifyEvent, VerifiedFile> {
  const store = await world.store();
  const at = await store.bytesOf(model, file.path);
  let check: FileCheck = { state: "missing" };
  if (at !== undefined) {
    const known = checks.get(at);
    check = known ?? (yield* checkShown(world, at, file, hasher));
    checks.set(at, check);
  }
  return rowOf(store, { model, file }, check);
}

/** Only a damaged file is read twice: to tell its good pieces from the others. */
async function* checkShown(
  world: World,
  at: string,
  file: StoredFile,
  hasher: Hasher,
): AsyncGenerator<VerifyEvent, FileCheck> {
  if ((await peek(at))?.size === file.size) {
    const { sha256 } = yield* hashFile(at, { shown: file.path, size: file.size }, world.signal);
    if (sha256 === file.sha256) return { state: "ok" };
  }
  const sums = await (await world.store()).sumsOf(file);
  return untilAborted(world.signal, checkFile(at, file, hasher, sums));
}

function rowOf(store: Store, { model, file }: Subject, check: FileCheck): VerifiedFile {
  return {
    model: model.name,
    file: file.path,
    path: store.placeOf(model, file.path),
    size: file.size,
    sha256: file.sha256,
    state: check.state,
    actual: check.state === "damaged" ? check.actual : null,
    fetchedBytes: 0,
    help: check.state === "ok" ? null : helpFor(model, check, store.data),
  };
}

async function* repairOne(
  world: World,
  subject: Subject,
  row: VerifiedFile,
  checks: Map<string, FileCheck>,
  hasher: Hasher,
): AsyncGenerator<VerifyEvent, VerifiedFile> {
  const plan = await planRepair(world, subject.model, subject.file);
  if (plan === undefined) return row;
  let fetchedBytes: Bytes;
  try {
    fetchedBytes = yield* repairFile(world, plan, hasher);
  } catch (error) {
    // Nobody wants another file on a full disk, or after Ctrl-C.
    if (!isOslmError(error) || isOslmError(error, "interrupted") || isOslmError(error, "disk-full")) throw error;
    yield { type: "unrepaired", error };
    return row;
  }
  const at = await (await world.store()).bytesOf(subject.model, subject.file.path);
  if (at !== undefined) checks.set(at, { state: "ok" });
  return { ...row, state: "repaired", fetchedBytes, help: null };
}

/** A file that was imported is not known to any server: only the user can bring it again. */
function helpFor(model: StoredModel, { state }: FileCheck, data: string): string {
  if (canBeFetched(model, data)) return `oslm verify --repair ${model.name}`;
  // Conversions give the same file again.
  if (model.converted) return `oslm rm ${model.name} --yes && oslm pull ${model.name}`;
  const isOwn = model.path.startsWith(data + sep);
  if (!isOwn && state === "missing")
    return `oslm import PATH --name ${model.name}   (or oslm rm ${model.name} to forget it)`;
  const from = isOwn && !/^https?:/.test(model.ref) ? model.ref : model.path;
  return `oslm import ${quoted(from)} --name ${model.name}${isOwn ? " --copy" : ""}`;
}
