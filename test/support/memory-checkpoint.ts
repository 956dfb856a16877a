// Checkpoints in memory, for tests.
import type { Checkpoint, CheckpointTensor, StoredType } from "../../src/convert/checkpoint.js";
import { ELEMENT_BYTES, elementsOf } from "../../src/convert/stored-types.js";

export interface MemoryTensor {
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly data: ArrayBufferView;
}

/** Counts what is read of each tensor, in bytes. */
export interface MemoryCheckpoint extends Checkpoint {
  readonly read: Map<string, number>;
}

export function memoryCheckpoint(given: Readonly<Record<string, MemoryTensor>>): MemoryCheckpoint {
  const read = new Map<string, number>();
  const tensors = new Map(
    Object.entries(given).map(([name, { type, shape, data }]): [string, CheckpointTensor] => {
      const width = ELEMENT_BYTES[type];
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const all = elementsOf(shape);
      if (bytes.length !== all * width) throw new Error(`${name} has ${bytes.length} bytes for ${all} elements`);
      return [
        name,
        {
          name,
          type,
          shape,
          read: async (from = 0, count = all - from) => {
            if (from < 0 || from + count > all) throw new RangeError(name);
            read.set(name, (read.get(name) ?? 0) + count * width);
            return bytes.slice(from * width, (from + count) * width);
          },
        },
      ];
    }),
  );
  return { tensors, read, close: async () => undefined };
}
