// The models that other programs have on this disk and oslm does not know yet.
import { basename } from "node:path";
import { fileKind, parseFileName } from "../../gguf/file-name.js";
import { geometryOf } from "../../gguf/geometry.js";
import { readMetadata } from "../../gguf/metadata.js";
import type { Bytes, Sha256, StoredModel } from "../../model/types.js";
import { type GgufFile, ggufFiles } from "../../store/elsewhere/gguf-files.js";
import { lmStudioFolders } from "../../store/elsewhere/lm-studio.js";
import { ollamaModels } from "../../store/elsewhere/ollama.js";
import { fileSource } from "../../store/file-source.js";
import { type FoundModel, reposIn, scanRepo } from "../../store/scan-repo.js";
import type { World } from "../world.js";
import { quantOf } from "./import-file.js";

export interface ForeignModel {
  /** What `oslm import` takes: `ollama:llama3.2`. */
  readonly id: string;
  readonly quant: string;
  readonly size: Bytes;
  /** Whose it is. */
  readonly where: string;
  /** Of the first file. */
  readonly path: string;
}

/** The same with what is needed to record it. */
export interface Importable extends ForeignModel {
  readonly paths: readonly [string, ...string[]];
  /** What the other program calls it. */
  readonly hint: string;
  readonly claimed?: Sha256 | undefined;
  /** In the Hugging Face cache, where it can stay as a model of its repository. */
  readonly found?: FoundModel;
}

/** By where they are, then by name. Nothing is hashed; files whose header cannot be read are left out. */
export async function scanElsewhere(world: World): Promise<readonly Importable[]> {
  const store = await world.store();
  const stored = await store.list();
  const isNew = ({ path, found }: Unread) => !stored.some((model) => isSame(model, path, found));
  const unread = [...(await inHubCache(store.hubCache)), ...(await elsewhere(world))].filter(isNew);
  const read = await Promise.all(unread.map(readQuant));
  return read.filter((model) => model !== undefined);
}

type Unread = Omit<Importable, "quant">;

function isSame(model: StoredModel, path: string, found: FoundModel | undefined): boolean {
  if (found === undefined) return model.path === path;
  return model.repo === found.repo && model.commit === found.commit && model.files[0]?.path === found.files[0].path;
}

async function readQuant(model: Unread): Promise<Importable | undefined> {
  try {
    // To the end: llama.cpp writes the file's type after the vocabulary.
    const geometry = geometryOf(await readMetadata(await fileSource(model.path), basename(model.path)));
    const quant = model.found?.quant ?? "unknown";
    return { ...model, quant: quant === "unknown" ? quantOf(model.path, { geometry }) : quant };
  } catch {
    // No model: half a download, a projector, another format. Whoever wants to know why imports the file by its path.
    return undefined;
  }
}

async function inHubCache(hubCache: string): Promise<readonly Unread[]> {
  const models: Unread[] = [];
  for (const repo of await reposIn(hubCache)) {
    for (const found of await scanRepo(hubCache, repo)) {
      const [first, ...rest] = found.files.map(({ place }) => place);
      if (first === undefined) continue;
      const { name, size } = found;
      const id = name.startsWith("hf:") ? name : `hf:${name}`;
      models.push({ id, size, where: "Hugging Face cache", path: first, paths: [first, ...rest], hint: name, found });
    }
  }
  return models;
}

async function elsewhere({ elsewhere: places }: World): Promise<readonly Unread[]> {
  const models: Unread[] = [];
  for (const folder of places.ollama) {
    for (const { name, path, size, claimed } of await ollamaModels(folder)) {
      models.push({ id: `ollama:${name}`, size, where: "Ollama", path, paths: [path], hint: name, claimed });
    }
  }
  for (const folder of await lmStudioFolders(places.lmStudio)) {
    models.push(...asModels(await ggufFiles(folder), "lmstudio", "LM Studio"));
  }
  for (const folder of places.llamaCpp) models.push(...asModels(await ggufFiles(folder), "llama.cpp", "llama.cpp"));
  // Two settings may name one folder.
  return [...new Map(models.map((model) => [model.path, model])).values()];
}

/** Single files, and split models by their first part when all parts are there. */
function asModels(files: readonly GgufFile[], prefix: string, where: string): readonly Unread[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return files.flatMap((file): Unread[] => {
    const folder = file.path.split("/").at(-2) ?? "";
    if (fileKind(basename(file.path), folder) !== "model") return [];
    const { shard } = parseFileName(file.path);
    if (shard && shard.index !== 1) return [];
    const parts = Array.from({ length: Math.min(shard?.count ?? 1, files.length + 1) }, (_, index) =>
      byPath.get(file.path.replace(/-\d{5}(?=-of-\d{5}\.gguf$)/i, `-${String(index + 1).padStart(5, "0")}`)),
    );
    const [first, ...rest] = parts.flatMap((part) => part?.at ?? []);
    if (first === undefined || 1 + rest.length !== (shard?.count ?? 1)) return [];
    const size = parts.reduce((sum, part) => sum + (part?.size ?? 0), 0);
    const hint = basename(file.path).replace(/(-\d{5}-of-\d{5})?\.gguf$/i, "");
    return [{ id: `${prefix}:${file.path}`, size, where, path: first, paths: [first, ...rest], hint }];
  });
}
