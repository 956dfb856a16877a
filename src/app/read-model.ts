// What the files of a local model say about it.
import { basename } from "node:path";
import { type Weights, weightsOf } from "../fit/weights.js";
import { type Geometry, geometryOf } from "../gguf/geometry.js";
import { readHeader } from "../gguf/header.js";
import { checkShards } from "../gguf/shards.js";
import type { GgufHeader } from "../gguf/values.js";
import { fileSource } from "../store/file-source.js";
import type { LocalModel } from "./local-model.js";

export interface ReadModel {
  readonly header: GgufHeader;
  readonly geometry: Geometry;
  readonly weights: Weights;
  /** Numbers in all tensors. */
  readonly parameters: number;
}

/** Reads the headers of all shards, within limits; whoever has the result may load the files. @throws malformed-gguf */
export async function readModel(model: LocalModel): Promise<ReadModel> {
  const read = async (path: string): Promise<GgufHeader> =>
    readHeader(await fileSource(path), { name: basename(path) });
  const [header, ...rest] = await Promise.all([read(model.paths[0]), ...model.paths.slice(1).map(read)]);
  const geometry = geometryOf(header);
  const headers = [header, ...rest];
  checkShards(headers);
  return { header, geometry, weights: weightsOf(headers, geometry), parameters: countParameters(headers) };
}

function countParameters(headers: readonly GgufHeader[]): number {
  const sizes = headers.flatMap(({ tensors }) =>
    tensors.map(({ dims }) => dims.reduce((product, dim) => product * dim, 1)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
