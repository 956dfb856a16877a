// What the files of a local model say about it.
import { basename } from "node:path";
import { type Weights, weightsOf } from "../../fit/weights.js";
import { checkTensors } from "../../gguf/check-tensors.js";
import { type Geometry, geometryOf } from "../../gguf/geometry.js";
import { readHeader } from "../../gguf/header.js";
import { checkShards } from "../../gguf/shards.js";
import type { GgufHeader } from "../../gguf/values.js";
import type { Bytes } from "../../model/types.js";
import { fileSource } from "../../store/file-source.js";
import type { NamedSource } from "../fit/header-source.js";
import type { LocalModel } from "./local-model.js";

export interface ReadModel {
  readonly header: GgufHeader;
  /** Of all files, that one first. */
  readonly headers: readonly GgufHeader[];
  readonly geometry: Geometry;
  readonly weights: Weights;
  /** Where the tensors' data begins in each file. */
  readonly headerBytes: readonly Bytes[];
  /** Numbers in all tensors. */
  readonly parameters: number;
}

/** Reads the headers of all shards, within limits; whoever has the result may load the files. @throws malformed-gguf */
export async function readModel(model: Pick<LocalModel, "paths">): Promise<ReadModel> {
  const [first, ...others] = model.paths.map((path) => ({ path, name: basename(path) }));
  return readFiles(first ?? { path: "", name: "" }, others);
}

interface NamedFile {
  readonly path: string;
  /** For messages. */
  readonly name: string;
}

/** The same for files that lie under other names, as blobs do. @throws malformed-gguf */
export async function readFiles(first: NamedFile, others: readonly NamedFile[]): Promise<ReadModel> {
  const opened = async ({ path, name }: NamedFile): Promise<NamedSource> => ({ name, source: await fileSource(path) });
  return readSources(await opened(first), await Promise.all(others.map(opened)));
}

/** The same for files that may be far away: one after the other. @throws malformed-gguf, and what the sources' reads throw */
export async function readSources(first: NamedSource, others: readonly NamedSource[]): Promise<ReadModel> {
  const header = await readHeader(first.source, first);
  const headers = [header];
  for (const other of others) headers.push(await readHeader(other.source, other));
  const geometry = geometryOf(header);
  checkShards(headers);
  checkTensors(headers);
  return {
    header,
    headers,
    geometry,
    weights: weightsOf(headers, geometry, process.arch === "arm64" ? "arm64" : "x64"),
    headerBytes: headers.map(({ dataOffset }) => dataOffset),
    parameters: countParameters(headers),
  };
}

function countParameters(headers: readonly GgufHeader[]): number {
  const sizes = headers.flatMap(({ tensors }) =>
    tensors.map(({ dims }) => dims.reduce((product, dim) => product * dim, 1)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
