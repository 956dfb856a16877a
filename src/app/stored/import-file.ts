// Making a file of this disk a model with a name: check it, hash it, record it.
import { rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OslmError } from "../../errors.js";
import { parseFileName } from "../../gguf/file-name.js";
import { quantOfFileType } from "../../gguf/file-type.js";
import { quoted } from "../../model/quoted.js";
import { formatRef } from "../../model/ref.js";
import type { LicenseVerdict, Sha256, StoredFile, StoredModel } from "../../model/types.js";
import type { HashedFile } from "../../store/hash-file.js";
import { checkOwnName, ownFolder, settle, takeIn } from "../../store/own-files.js";
import { writeOwnRecord } from "../../store/own-record.js";
import type { Store } from "../../store/store.js";
import { type HashEvent, hashFile } from "../hash-file.js";
import { judgeHeader } from "../license/file-license.js";
import { knownAs, withSameBytes } from "../license/known-as.js";
import { judgeLocal } from "../license/local-policy.js";
import { storedModel } from "../run/local-model.js";
import { type ReadModel, readModel } from "../run/read-model.js";
import type { World } from "../world.js";
import { askedName, freeName, type NameHints } from "./imported-name.js";

export interface ImportRequest {
  /** All shards in order, absolute. */
  readonly paths: readonly [string, ...string[]];
  /** A person's choice; one is made where there is none. */
  readonly name?: string | undefined;
  /** What another program calls the model. */
  readonly hint?: string | undefined;
  /** What the hash of the first file ought to be. */
  readonly claimed?: Sha256 | undefined;
  /** `reference` leaves the file where it is; the others give oslm a copy, or a second name on the same disk. */
  readonly placing: "reference" | "copy" | "link";
}

export interface ImportResult {
  readonly model: StoredModel;
  readonly license: LicenseVerdict;
}

interface Taken extends HashedFile {
  readonly name: string;
  /** Where the bytes are that were hashed. */
  readonly at: string;
}

/** @throws OslmError malformed-gguf before anything is read in full or recorded; file-not-found, usage, disk-full */
export async function* importFile(world: World, request: ImportRequest): AsyncGenerator<HashEvent, ImportResult> {
  const store = await world.store();
  // A broken policy stops before anything is recorded.
  await world.policy();
  const read = await readModel(request);
  for (const path of request.paths) checkName(path);
  const taken: Taken[] = [];
  try {
    for (const path of request.paths) taken.push(yield* take(world, store, path, request.placing));
    checkClaim(request, taken[0]?.sha256);
    const license = await licenseOf(world, request, taken, read);
    const model = await record(world, store, request, taken, { ...read, license });
    return { model, license };
  } finally {
    // What was copied and not settled is nobody's.
    if (request.placing !== "reference") for (const { at } of taken) await rm(at, { force: true });
  }
}

async function* take(
  world: World,
  store: Store,
  path: string,
  placing: ImportRequest["placing"],
): AsyncGenerator<HashEvent, Taken> {
  const { size } = await stat(path);
  // The copy is hashed, not the original: what is recorded is what is kept.
  const at = placing === "reference" ? path : await takeIn(path, size, store.data, placing);
  try {
    const hashed = yield* hashFile(at, { shown: path, size }, world.signal);
    return { ...hashed, name: basename(path), at };
  } catch (error) {
    if (at !== path) await rm(at, { force: true });
    throw error;
  }
}

async function record(
  world: World,
  store: Store,
  request: ImportRequest,
  taken: readonly Taken[],
  read: ReadModel & { readonly license: LicenseVerdict },
): Promise<StoredModel> {
  const { paths, placing } = request;
  const [first] = taken;
  if (first === undefined) throw new Error("a model has at least one file");
  const quant = quantOf(paths[0], read);
  const folder = placing === "reference" ? dirname(paths[0]) : ownFolder(store.data, first.sha256);
  const path = join(folder, first.name);
  const stored = await store.list();
  const subject = { quant, sha256: first.sha256, path, repo: null };
  const model: StoredModel = {
    name:
      request.name === undefined
        ? freeName([request.hint, ...hintsOf(paths[0], read)], subject, stored)
        : askedName(request.name, subject, stored, `oslm import ${quoted(paths[0])} --name my-model`),
    ref: formatRef({ kind: "file", path: paths[0] }),
    repo: null,
    commit: null,
    quant,
    size: taken.reduce((sum, { size }) => sum + size, 0),
    path,
    files: taken.map((file) => storedFile(file, placing)),
    license: { id: read.license.id, class: read.license.class },
    addedAt: world.now().toISOString(),
    lastUsedAt: null,
  };
  if (placing !== "reference") {
    for (const { at, name } of taken) await settle(at, join(folder, name), store.data);
    await writeOwnRecord(store.data, model);
  }
  await store.record(model);
  return model;
}

/** That of a stored model whose file this is, or whose bytes these are; else what the header says. */
async function licenseOf(
  world: World,
  { paths }: ImportRequest,
  [first]: readonly Taken[],
  { geometry: { general } }: ReadModel,
): Promise<LicenseVerdict> {
  const policy = await world.policy();
  const said = judgeHeader(general, { policy });
  const ofPath = await knownAs(world, { ref: paths[0], paths, stored: null });
  const known = ofPath ?? withSameBytes(await (await world.store()).list(), first?.sha256);
  return known === undefined ? said : (await judgeLocal(world, storedModel(known))).judge([]);
}

function checkClaim({ paths, claimed }: ImportRequest, actual = ""): void {
  if (claimed === undefined || claimed === actual) return;
  throw new OslmError("checksum-mismatch", { file: paths[0], expected: claimed, actual });
}

/** A copy is oslm's own and nobody changes it; of everything else the time of change is kept, to be compared. */
function storedFile({ name, size, sha256, mtimeMs }: Taken, placing: ImportRequest["placing"]): StoredFile {
  return { path: name, size, sha256, ...(placing !== "copy" && { mtimeMs }) };
}

/** What the files say of their model's name, best first. */
export function hintsOf(path: string, { header, geometry }: ReadModel): NameHints {
  const label = header.metadata.get("general.size_label");
  const base = header.metadata.get("general.basename");
  const size = typeof label === "string" ? label : "";
  const sized = (text: unknown) => {
    if (typeof text !== "string" || text === "") return null;
    return size === "" || text.toLowerCase().includes(size.toLowerCase()) ? text : `${text} ${size}`;
  };
  const file = basename(path).replace(/(-\d{5}-of-\d{5})?\.gguf$/i, "");
  return [sized(geometry.name), sized(base), file];
}

/** What the name tells, else what the header says. */
export function quantOf(path: string, { geometry }: Pick<ReadModel, "geometry">): string {
  const { quant } = parseFileName(basename(path));
  return quant === "unknown" ? quantOfFileType(geometry.general.fileType) : quant;
}

function checkName(path: string): void {
  try {
    checkOwnName(basename(path));
  } catch (cause) {
    const problem = `the file name ${JSON.stringify(basename(path))} cannot be recorded`;
    throw new OslmError(
      "usage",
      { problem, detail: "It would not work on every disk.", help: "rename the file" },
      { cause },
    );
  }
}
