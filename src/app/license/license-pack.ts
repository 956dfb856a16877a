// The folder that has to travel with the weights of a model, from what is known of its license; no byte of weights is asked for.
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { OslmError } from "../../errors.js";
import { quantOfFileType } from "../../gguf/file-type.js";
import type { KnownChanges } from "../../license/pack/changes-file.js";
import { makePack, type Pack, type PackedModel, type PackFile } from "../../license/pack/pack.js";
import type { ModelRef } from "../../model/ref.js";
import { originOf } from "../../model/types.js";
import { hashText } from "../../store/hash-text.js";
import { checkNewFolder, writeNewFolder } from "../../store/new-folder.js";
import { absolutePath, findLocal, type LocalModel, storedModel } from "../run/local-model.js";
import { readModel } from "../run/read-model.js";
import { findStored } from "../stored/find-stored.js";
import type { World } from "../world.js";
import { type ExplainedLicense, findLicense } from "./explain-license.js";
import { deniedLicense } from "./license-denied.js";

export interface PackOptions {
  /** The folder to be made: new, or an empty one. */
  readonly dir: string;
  /** What the model will be called where it is published. */
  readonly name?: string | undefined;
  /** Writes the folder even when something is missing without which the model may not be passed on. */
  readonly allowIncomplete?: boolean | undefined;
  /** The command that would do so. */
  readonly instead: string;
}

export interface WrittenPack extends Pick<Pack, "duties" | "missing"> {
  readonly license: ExplainedLicense;
  /** Absolute. */
  readonly path: string;
  readonly files: readonly (Pick<PackFile, "path" | "origin"> & { readonly sha256: string })[];
}

/**
 * Accepts nothing, and needs no acceptance.
 * @throws OslmError folder-in-use, license-denied, pack-incomplete, and what findLicense throws
 */
export async function packLicense(world: World, ref: ModelRef, options: PackOptions): Promise<WrittenPack> {
  const path = absolutePath(world, options.dir);
  await checkNewFolder(path);
  const { license, evidence } = await findLicense(world, ref, []);
  if (license.decision === "deny") throw deniedLicense(license.ref, license);
  const pack = makePack({
    model: packedModel(license, ref),
    evidence,
    changes: { variants: await knownVariants(world, ref, license) },
    name: options.name,
  });
  if (pack.missing.length > 0 && options.allowIncomplete !== true) {
    throw new OslmError("pack-incomplete", { ref: license.ref, missing: pack.missing, instead: options.instead });
  }
  await writeNewFolder(path, pack.files);
  const files = pack.files.map(({ path: file, origin, text }) => ({ path: file, origin, sha256: hashText(text) }));
  return { license, path, files, duties: pack.duties, missing: pack.missing };
}

/** Without what is this user's own affair: what a policy decided, who accepted what on which machine, and local paths. */
function packedModel(license: ExplainedLicense, ref: ModelRef): PackedModel {
  const { decision: _, reasons: _reasons, rule: _rule, accepted: _accepted, from, gated: _gated, ...shown } = license;
  const isFile = from === "header";
  return { ...shown, ref: ref.kind === "file" ? basename(ref.path) : shown.ref, url: isFile ? null : shown.url };
}

/** The files that the reference means, where they are on this disk. */
async function knownVariants(
  world: World,
  ref: ModelRef,
  { repo, commit }: ExplainedLicense,
): Promise<KnownChanges["variants"]> {
  if (ref.kind === "file" || ref.kind === "url" || ref.kind === "demo") {
    const local = await findLocal(world, ref);
    return local === undefined ? [] : [await describe(local)];
  }
  const stored = (await findStored(world, ref)).filter((one) => {
    const origin = originOf(one);
    return origin?.repo === repo && origin?.commit === commit;
  });
  // The same files may have several names.
  const once = [...new Map(stored.map((one) => [one.path, one])).values()];
  const known = await Promise.all(once.map((one) => describe(storedModel(one))));
  if (known.length > 0) return [...known].sort((a, b) => (a.quant < b.quant ? -1 : 1));
  return ref.quant === undefined ? [] : [{ quant: ref.quant, files: [] }];
}

async function describe(model: LocalModel): Promise<KnownChanges["variants"][number]> {
  const { quant, stored, paths } = model;
  // A damaged file has a license all the same.
  const header = await readModel(model).catch(() => undefined);
  const named = async (path: string) => ({ path: basename(path), size: (await stat(path)).size });
  return {
    quant,
    ...(header && { headerQuant: quantOfFileType(header.geometry.general.fileType) }),
    files:
      stored?.files.map(({ path, size, sha256 }) => ({ path, size, sha256 })) ?? (await Promise.all(paths.map(named))),
  };
}
