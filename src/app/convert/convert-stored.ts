// The conversion of a checkpoint in the cache into a stored model, with the record of what it was made from.
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { convert } from "../../convert/convert.js";
import { type Folder, openFolder } from "../../convert/folder.js";
import { isOslmError, OslmError } from "../../errors.js";
import type { Bytes, LicenseVerdict, RepoSnapshot, StoredFile, StoredModel } from "../../model/types.js";
import { engineRelease } from "../../runtime/llama/engine-release.js";
import { ensureFolder, namesIn } from "../../store/files.js";
import { hashText } from "../../store/hash-text.js";
import { ownFolder, settle } from "../../store/own-files.js";
import { writeOwnRecord } from "../../store/own-record.js";
import type { Store } from "../../store/store.js";
import { type HashEvent, hashFile } from "../hash-file.js";
import { readModel } from "../run/read-model.js";
import type { World } from "../world.js";
import { aboutCheckpoint, generalFacts } from "./about-checkpoint.js";
import { openEncoder } from "./checkpoint-encode.js";
import type { RemoteCheckpoint } from "./read-checkpoint.js";
import { rehearseCheckpoint } from "./rehearse-checkpoint.js";

export type ConvertingEvent =
  | { readonly type: "converting"; readonly name: string; readonly written: Bytes; readonly total: Bytes }
  | { readonly type: "converted"; readonly name: string }
  | HashEvent;

export interface StoredConversion {
  readonly snapshot: RepoSnapshot;
  readonly checkpoint: Pick<RemoteCheckpoint, "name" | "typesOf">;
  /** Verified, and named in the snapshot. */
  readonly inputs: readonly StoredFile[];
  readonly quant: string;
  readonly license: LicenseVerdict;
  readonly names: Pick<StoredModel, "name" | "ref">;
}

/**
 * Begun anew whenever it was interrupted: until it is whole the file has a passing name, and only then its own. The caller holds the
 * repository's lock. @throws OslmError as `convert` does, quantize-failed, disk-full
 */
export async function* convertStored(
  world: World,
  conversion: StoredConversion,
): AsyncGenerator<ConvertingEvent, StoredModel> {
  const { snapshot, checkpoint, inputs, quant, names } = conversion;
  const { repo, commit } = snapshot;
  const store = await world.store();
  const passing = await passingPlace(store.data, repo);
  const name = `${checkpoint.name}-${quant}.gguf`;
  try {
    const layout = store.layout(repo);
    const whole = await openFolder(join(layout.snapshots, commit), layout.root);
    const folder = only(whole, new Set(inputs.map(({ path }) => path)));
    yield* write(world, { folder, passing, name, source: { repo, commit }, quant, checkpoint });
    const { fileSize: size } = (await readModel({ paths: [passing] })).header;
    const { sha256 } = yield* hashFile(passing, { shown: name, size }, world.signal);
    const model: StoredModel = {
      ...{ ...names, repo: null, commit: null, quant, size },
      path: join(ownFolder(store.data, sha256), name),
      files: [{ path: name, size, sha256 }],
      license: { id: conversion.license.id, class: conversion.license.class },
      addedAt: world.now().toISOString(),
      lastUsedAt: null,
      converted: { repo, commit, files: inputs, oslm: world.ledger.author().version, engine: engineRelease() },
    };
    await settle(passing, model.path, store.data);
    await writeOwnRecord(store.data, model);
    await replaceRecord(store, model);
    return model;
  } finally {
    await rm(passing, { force: true });
  }
}

async function* write(
  world: World,
  job: Pick<StoredConversion, "quant" | "checkpoint"> & {
    readonly folder: Folder;
    readonly passing: string;
    readonly name: string;
    readonly source: { readonly repo: string; readonly commit: string };
  },
): AsyncGenerator<ConvertingEvent, void> {
  const { folder, passing, name, source, quant, checkpoint } = job;
  const types = checkpoint.typesOf(quant);
  const encoder = openEncoder();
  try {
    const steps = convert(folder, {
      ...(await aboutCheckpoint(folder, await generalFacts(world, { folder, name: checkpoint.name, source }))),
      ...{ target: passing, type: quant, signal: world.signal, encode: encoder.encode },
      ...(types && { types: () => types }),
      check: ({ header }) => rehearseCheckpoint(world, checkpoint.name, header),
    });
    let total = 0;
    for await (const step of steps) {
      if (step.kind === "planned") total = step.bytes;
      yield { type: "converting", name, written: step.kind === "planned" ? 0 : step.written, total };
    }
    yield { type: "converted", name };
  } catch (error) {
    if (!isOslmError(error, "cannot-do")) throw error;
    throw new OslmError("cannot-do", { ...error.facts, instead: `oslm pull ${source.repo}:BF16` }, { cause: error });
  } finally {
    await encoder.close();
  }
}

/** The place of a repository's unfinished file, cleared of what a killed process has left there. */
async function passingPlace(data: string, repo: string): Promise<string> {
  await ensureFolder(data, data);
  const name = `.incoming-${hashText(repo).slice(0, 16)}`;
  for (const other of await namesIn(data)) {
    if (other === name || other.startsWith(`.${name}.`)) await rm(join(data, other), { force: true });
  }
  return join(data, name);
}

/** The other files of the snapshot are not the checkpoint's. */
function only(folder: Folder, names: ReadonlySet<string>): Folder {
  return {
    names: folder.names.filter((name) => names.has(name)),
    open: (name) => folder.open(name),
    read: async (name, limit) => (names.has(name) ? folder.read(name, limit) : null),
  };
}

/** What an earlier commit of the same name was made of goes. */
async function replaceRecord(store: Store, model: StoredModel): Promise<void> {
  const before = (await store.recorded()).filter(({ name, repo }) => name === model.name && repo === null);
  const others = before.filter(({ path }) => dirname(path) !== dirname(model.path));
  if (others.length > 0) await store.remove(others);
  await store.record(model);
}
