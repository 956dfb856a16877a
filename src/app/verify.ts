// Reading the stored models again: is every byte still what it was when it came?
import { sep } from "node:path";
import { OslmError } from "../errors.js";
import type { Bytes, Sha256, StoredFile, StoredModel } from "../model/types.js";
import { checkFile, type FileCheck } from "../store/check-file.js";
import { Hasher } from "../store/hasher.js";
import { findNamed } from "./find-stored.js";
import { canBeFetched, planRepair, type RepairEvent, repairFile } from "./repair.js";
import { untilAborted } from "./until-aborted.js";
import type { World } from "./world.js";

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

export type VerifyEvent = { readonly type: "checking"; readonly file: string; readonly total: Bytes } | RepairEvent;

/** One row for each file of each model; a file of several models is read once. @throws OslmError not-stored, offline */
export async function* verify(
  world: World,
  { names, repair }: VerifyRequest,
): AsyncGenerator<VerifyEvent, readonly VerifiedFile[]> {
  if (repair && world.offline) throw new OslmError("offline", { wanted: "a good copy of what may be damaged" });
  const store = await world.store();
  const recorded = await store.recorded();
  const models = names.length === 0 ? recorded : findNamed(recorded, names);
  const hasher = new Hasher();
  const checks = new Map<string, FileCheck>();
  const rows: VerifiedFile[] = [];
  try {
    for (const model of [...models].sort((a, b) => a.name.localeCompare(b.name))) {
      const before = rows.length;
      for (const file of model.files) {
        const row = yield* checkOne(world, { model, file }, checks, hasher);
        rows.push(repair && isWrong(row) ? yield* repairOne(world, { model, file }, row, checks, hasher) : row);
      }
      // A record that was made anew from names of files is as good as any other now.
      const { unchecked, ...checked } = model;
      if (unchecked && !rows.slice(before).some(isWrong)) await store.record(checked);
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
    if (known === undefined) yield { type: "checking", file: file.path, total: file.size };
    check = known ?? (await untilAborted(world.signal, checkFile(at, file, hasher, await store.sumsOf(file))));
    checks.set(at, check);
  }
  return {
    model: model.name,
    file: file.path,
    path: store.placeOf(model, file.path),
    size: file.size,
    sha256: file.sha256,
    state: check.state,
    actual: check.state === "damaged" ? check.actual : null,
    fetchedBytes: 0,
    help: check.state === "ok" ? null : helpFor(model, store.data),
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
  const fetchedBytes = yield* repairFile(world, plan, hasher);
  const at = await (await world.store()).bytesOf(subject.model, subject.file.path);
  if (at !== undefined) checks.set(at, { state: "ok" });
  return { ...row, state: "repaired", fetchedBytes, help: null };
}

/** A file that was imported is not known to any server: only the user can bring it again. */
function helpFor(model: StoredModel, data: string): string {
  if (canBeFetched(model, data)) return `oslm verify --repair ${model.name}`;
  const isOwn = model.path.startsWith(data + sep);
  const from = isOwn && !/^https?:/.test(model.ref) ? model.ref : model.path;
  const quoted = /^[\w./:@%+=,-]+$/.test(from) ? from : JSON.stringify(from);
  return `oslm import ${quoted} --name ${model.name}${isOwn ? " --copy" : ""}`;
}
