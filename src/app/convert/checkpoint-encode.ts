// The converter's encoder for every type: of floats in this process, of blocks by the library's own functions in threads.
import { availableParallelism } from "node:os";
import { type Encode, isOwnType, type Piece, plainEncoder } from "../../convert/encode.js";
import { toFloats } from "../../convert/floats.js";
import { ELEMENT_BYTES } from "../../convert/stored-types.js";
import { type ChunkQuantizer, openChunkQuantizer } from "../../quantize/chunk.js";
import type { Imatrix } from "../../quantize/imatrix.js";
import { type RowType, WEIGHT_BYTES } from "../../quantize/row-type.js";
import { quantizerLibrary } from "../quantize/quantizer-library.js";

export interface Encoder {
  /** @throws OslmError no-quantizer, quantize-failed */
  readonly encode: Encode;
  close(): Promise<void>;
}

const MOST_THREADS = 16;

/**
 * The library is opened with the first blocks that are wanted of it.
 * @param imatrix one that fits the tensors: see `checkImatrix`
 */
export function openEncoder(imatrix?: Imatrix): Encoder {
  const plain = plainEncoder();
  const important = new Map(imatrix?.entries.map(({ name, values }) => [name, values]));
  let chunks: ChunkQuantizer | undefined;
  return {
    async encode(type, piece) {
      if (isOwnType(type) || type === piece.type) return plain(type, piece);
      chunks ??= openChunkQuantizer(quantizerLibrary().ggml, Math.min(MOST_THREADS, availableParallelism()));
      const quantizer = chunks;
      const { perRow, tensor: name } = piece;
      const rows = stored(piece);
      const values = important.get(name);
      const made = partsOf(piece).map(({ matrix, from, to }) =>
        quantizer.quantize({
          ...{ name, type, perRow, from: rows.from },
          bytes: rows.bytes.subarray(from * rows.wide, to * rows.wide),
          ...(values && { importance: values.subarray(matrix * perRow, (matrix + 1) * perRow) }),
        }),
      );
      const parts = await Promise.all(made);
      return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
    },
    close: async () => chunks?.close(),
  };
}

/** The rows of a piece by the matrices of the tensor that they are of: each expert has columns that matter of its own. */
function partsOf({ type, bytes, perRow, row, dims }: Piece): { matrix: number; from: number; to: number }[] {
  const rows = bytes.length / ELEMENT_BYTES[type] / perRow;
  const each = dims[1] ?? 1;
  const parts: { matrix: number; from: number; to: number }[] = [];
  for (let from = 0; from < rows; ) {
    const matrix = Math.floor((row + from) / each);
    const to = Math.min(rows, (matrix + 1) * each - row);
    parts.push({ matrix, from, to });
    from = to;
  }
  return parts;
}

/** What the library reads as it is, and other numbers as floats. */
function stored({ type, bytes, perRow }: Piece): { from: RowType; bytes: Uint8Array; wide: number } {
  if (type === "F32" || type === "F16" || type === "BF16")
    return { from: type, bytes, wide: perRow * WEIGHT_BYTES[type] };
  const { buffer, byteOffset, byteLength } = toFloats(type, bytes);
  return { from: "F32", bytes: new Uint8Array(buffer, byteOffset, byteLength), wide: perRow * WEIGHT_BYTES.F32 };
}
