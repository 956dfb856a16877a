// The projector that belongs to a model: the one given, the one pulled with it, or the one that lies beside it.
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OslmError } from "../../errors.js";
import { fileKind } from "../../gguf/file-name.js";
import { readHeader } from "../../gguf/header.js";
import { type Projector, projectorOf } from "../../gguf/projector.js";
import { quoted } from "../../model/quoted.js";
import { fileSource } from "../../store/file-source.js";
import { absolutePath, type LocalModel } from "../run/local-model.js";
import type { World } from "../world.js";

export interface FoundProjector extends Projector {
  /** Absolute. */
  readonly path: string;
}

/**
 * @param given the file of --mmproj
 * @throws OslmError cannot-do where there is none, file-not-found, malformed-gguf
 */
export async function findProjector(
  world: Pick<World, "home">,
  model: LocalModel,
  given?: string,
): Promise<FoundProjector> {
  const path = given === undefined ? await ownProjector(model) : absolutePath(world, given);
  if (path === undefined) throw await noProjector(model);
  const source = await fileSource(path);
  return { path, ...projectorOf(await readHeader(source, { name: basename(path) })) };
}

/** The model's own, where it has one that makes sense: for whoever only looks. */
export async function soundProjector(world: Pick<World, "home">, model: LocalModel): Promise<FoundProjector | null> {
  if ((await ownProjector(model)) === undefined) return null;
  return findProjector(world, model).catch(() => null);
}

/** The path of the projector that was pulled with a model, or lies with it in its snapshot; undefined for what has none. */
async function ownProjector({ stored, paths: [first] }: LocalModel): Promise<string | undefined> {
  if (stored === null) return undefined;
  const root = stored.path.slice(0, stored.path.length - (stored.files[0]?.path.length ?? 0));
  const recorded = stored.files.find(({ projector }) => projector);
  if (recorded) return join(root, recorded.path);
  // A list that was made anew from the disk does not know which belongs to which.
  const beside = stored.repo === null ? [] : await projectorsIn(dirname(first));
  return beside.length === 1 ? beside[0] : undefined;
}

async function projectorsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.filter((name) => fileKind(name, "") === "projector").map((name) => join(folder, name));
}

async function noProjector({ ref, stored, paths: [first] }: LocalModel): Promise<OslmError<"cannot-do">> {
  const [beside] = await projectorsIn(dirname(first));
  return new OslmError("cannot-do", {
    what: `${ref} cannot read images: it has no projector here`,
    reason: "A model that sees comes with a second file, mmproj-*.gguf, which turns images into what it reads.",
    instead:
      beside !== undefined
        ? `add --mmproj ${quoted(beside)}`
        : stored?.repo
          ? `oslm pull ${quoted(ref)}   (gets it, where its repository has one)   or   oslm recommend --task vision`
          : "add --mmproj FILE   or   oslm recommend --task vision",
  });
}
