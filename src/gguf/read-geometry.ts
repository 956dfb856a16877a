// The shape of a model from the first kilobytes of its file: one small range request decides whether it fits.
import { isLoadable } from "./architectures.js";
import { type Geometry, geometryOf } from "./geometry.js";
import { readMetadata } from "./metadata.js";
import type { ByteSource } from "./source.js";
import { isSkipped, type MetadataValue } from "./values.js";

/**
 * Stops at the vocabulary, whose length is all that is wanted of it, when the shape is known by then. Writers put the
 * architecture's keys first; for a file that does not, reading goes on. Throws `malformed-gguf`.
 */
export async function readGeometry(source: ByteSource, { name }: { name: string }): Promise<Geometry> {
  const {
    cursor: _,
    stoppedAt,
    ...header
  } = await readMetadata(source, name, (key, start, metadata) => {
    return key === "tokenizer.ggml.tokens" && start.length !== undefined && hasShape(metadata);
  });
  if (stoppedAt === null) return geometryOf(header);
  const { key, start } = stoppedAt;
  const vocabulary = { skipped: true, type: start.type, length: start.length ?? 0 } as const;
  const metadata = new Map<string, MetadataValue>([...header.metadata, [key, vocabulary]]);
  return geometryOf({ ...header, metadata }, { complete: false });
}

function hasShape(metadata: ReadonlyMap<string, MetadataValue>): boolean {
  const architecture = metadata.get("general.architecture");
  if (typeof architecture !== "string") return false;
  // Its keys may have other names: nothing further on would tell more.
  if (!isLoadable(architecture)) return true;
  return ["block_count", "context_length", "embedding_length"].every((key) => {
    const value = metadata.get(`${architecture}.${key}`);
    return value !== undefined && !isSkipped(value);
  });
}
