// The files of one model that was split: what each says of itself, and whether they belong together.
import { OslmError } from "../errors.js";
import type { GgufHeader, GgufMetadata } from "./values.js";

export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly count: number;
  /** Tensors of all files together; null when the file does not tell. */
  readonly tensors: number | null;
}

/** Null for a file that stands alone. */
export function shardOf({ metadata }: GgufMetadata): Shard | null {
  const [index, count, tensors] = ["split.no", "split.count", "split.tensors.count"].map((key) => metadata.get(key));
  if (typeof count !== "number" || count < 2) return null;
  return { index: typeof index === "number" ? index : 0, count, tensors: typeof tensors === "number" ? tensors : null };
}

/** Throws `malformed-gguf` unless these are all files of one model, in order, with every tensor in exactly one of them. */
export function checkShards(headers: readonly GgufHeader[]): void {
  const names = new Set<string>();
  for (const [place, header] of headers.entries()) {
    const fail = (reason: string): never => {
      throw new OslmError("malformed-gguf", { file: header.name, reason });
    };
    const shard = shardOf(header) ?? { index: 0, count: 1, tensors: null };
    if (shard.count !== headers.length) fail(`the file is one of ${shard.count}, but there are ${headers.length}`);
    if (shard.index !== place) fail(`the file calls itself number ${shard.index + 1}, not ${place + 1}`);
    for (const { name } of header.tensors) {
      if (names.has(name)) fail(`tensor ${JSON.stringify(name)} is in an earlier file as well`);
      names.add(name);
    }
    const last = place === headers.length - 1;
    if (last && shard.tensors !== null && shard.tensors !== names.size) {
      fail(`the files hold ${names.size} tensors, not ${shard.tensors}`);
    }
  }
}
