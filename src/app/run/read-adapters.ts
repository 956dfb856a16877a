// The LoRA adapters of a run.
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { OslmError } from "../../errors.js";
import { checkAdapter } from "../../gguf/adapter.js";
import { readHeader } from "../../gguf/header.js";
import { quoted } from "../../model/quoted.js";
import type { Bytes } from "../../model/types.js";
import type { AdapterFile } from "../../runtime/engine.js";
import { fileSource } from "../../store/file-source.js";
import { sha256Of } from "../../store/hash-file.js";
import { noFile } from "../../store/no-file.js";
import type { World } from "../world.js";
import { absolutePath } from "./local-model.js";
import type { ReadModel } from "./read-model.js";
import type { HashedAdapter } from "./receipt.js";

export interface ReadAdapter extends AdapterFile {
  readonly bytes: Bytes;
  /** Where the matrices begin. */
  readonly headerBytes: Bytes;
}

export interface Adapters {
  readonly files: readonly ReadAdapter[];
  /** What they take besides the model. */
  readonly bytes: Bytes;
}

/** The same, with what tells one file from another. */
export async function hashAdapters(files: readonly AdapterFile[]): Promise<readonly (AdapterFile & HashedAdapter)[]> {
  return Promise.all(files.map(async ({ path, scale }) => ({ path, scale, sha256: await sha256Of(path) })));
}

/** Reads and checks their headers. @throws OslmError file-not-found, malformed-gguf, wrong-adapter */
export async function readAdapters(
  world: Pick<World, "home">,
  asked: readonly AdapterFile[],
  { headers }: Pick<ReadModel, "headers">,
): Promise<Adapters> {
  const files: ReadAdapter[] = [];
  let bytes = 0;
  for (const { path, scale } of asked) {
    const { place, size } = await placeOfAdapter(world, path);
    if (files.some((file) => file.path === place)) {
      throw new OslmError("usage", {
        problem: `--lora names ${path} twice`,
        detail: "The engine keeps one scale of each file.",
        help: "name it once, with the scale of both",
      });
    }
    const header = await readHeader(await fileSource(place), { name: basename(place) });
    checkAdapter(header, headers);
    files.push({ path: place, scale, bytes: size, headerBytes: header.dataOffset });
    bytes += size;
  }
  return { files, bytes };
}

/** Where the file is, and how large. @throws OslmError file-not-found, and usage for a scale that is none */
export async function placeOfAdapter(
  world: Pick<World, "home">,
  path: string,
): Promise<{ readonly place: string; readonly size: Bytes }> {
  const place = absolutePath(world, path);
  const info = await stat(place).catch(() => undefined);
  if (!info?.isFile()) throw await notThere(world, path);
  return { place, size: info.size };
}

/** What stands behind the colon of an adapter that is there is no scale, else it were not in the path. */
async function notThere(world: Pick<World, "home">, path: string): Promise<OslmError> {
  const [, file = "", scale] = /^(.+):([^:]*)$/.exec(path) ?? [];
  const info = scale === undefined ? undefined : await stat(absolutePath(world, file)).catch(() => undefined);
  if (info?.isFile()) {
    return new OslmError("usage", {
      problem: `"${scale}" is no scale of the adapter ${file}`,
      detail: "It is a number, such as 0.5.",
      help: `--lora ${quoted(`${file}:0.5`)}`,
    });
  }
  return noFile(absolutePath(world, path), { shown: path, instead: "ls   (is it in another folder?)" });
}
