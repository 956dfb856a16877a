// The models in Ollama's store: manifests name blobs by their hash. Both are files that anybody may have written.

import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { parseObject } from "../../model/parse-object.js";
import { type Bytes, isSha256, type Sha256 } from "../../model/types.js";
import { hasLinkAbove, namesIn, peek } from "../files.js";
import { readSmall } from "./read-small.js";

export interface OllamaModel {
  /** As `ollama run` takes it: without what is meant anyway. */
  readonly name: string;
  readonly path: string;
  readonly size: Bytes;
  /** What the blob is called; it has not been hashed. */
  readonly claimed: Sha256;
}

/** Of the layers of a manifest the one with the weights (server/images.go). */
const MODEL_LAYER = "application/vnd.ollama.image.model";
/** manifests/<host>/<namespace>/<model>/<tag> (types/model/name.go). */
const DEPTH = 4;
const PART = /^[A-Za-z0-9_][\w.:-]{0,349}$/;
const MAX_MANIFESTS = 10_000;

/** All models of one GGUF file whose blob is there; none when there is no such folder. */
export async function ollamaModels(folder: string): Promise<readonly OllamaModel[]> {
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined) return [];
  const models: OllamaModel[] = [];
  for (const parts of (await manifests(join(root, "manifests"), [])).slice(0, MAX_MANIFESTS)) {
    const path = join(root, "manifests", ...parts);
    if (!(await peek(path))?.isFile()) continue;
    const digest = modelDigest((await readSmall(path)) ?? "");
    const model = digest && (await blobOf(root, digest));
    if (model) models.push({ name: nameOf(parts), ...model });
  }
  return models;
}

async function manifests(root: string, parts: readonly string[]): Promise<readonly (readonly string[])[]> {
  if (parts.length === DEPTH) return [parts];
  const names = await namesIn(join(root, ...parts)).catch(() => []);
  const below: (readonly string[])[] = [];
  for (const name of names.filter((name) => PART.test(name))) {
    if (below.length < MAX_MANIFESTS) below.push(...(await manifests(root, [...parts, name])));
  }
  return below;
}

function modelDigest(text: string): Sha256 | undefined {
  const { layers } = parseObject(text) ?? {};
  if (!Array.isArray(layers)) return undefined;
  const digests = layers.flatMap((layer: unknown) => {
    if (typeof layer !== "object" || layer === null || !("mediaType" in layer) || !("digest" in layer)) return [];
    return layer.mediaType === MODEL_LAYER && typeof layer.digest === "string" ? [layer.digest] : [];
  });
  const hex = digests.length === 1 ? (digests[0] ?? "").replace(/^sha256:/, "") : "";
  return isSha256(hex) ? hex : undefined;
}

async function blobOf(root: string, claimed: Sha256): Promise<Omit<OllamaModel, "name"> | undefined> {
  const path = join(root, "blobs", `sha256-${claimed}`);
  const info = await peek(path).catch(() => undefined);
  if (!info?.isFile() || (await hasLinkAbove(root, path))) return undefined;
  return { path, size: info.size, claimed };
}

function nameOf([host = "", namespace = "", model = "", tag = ""]: readonly string[]): string {
  const name = tag === "latest" ? model : `${model}:${tag}`;
  if (host !== "registry.ollama.ai") return `${host}/${namespace}/${name}`;
  return namespace === "library" ? name : `${namespace}/${name}`;
}
