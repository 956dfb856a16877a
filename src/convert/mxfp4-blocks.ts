// Blocks of MXFP4 as GGUF files hold them: 32 numbers of 4 bits behind the byte of their power of two.
// Sources: OCP Microscaling Formats 1.0 (E2M1 elements, E8M0 scales); block_mxfp4 and dequantize_row_mxfp4 in ggml-common.h and
// ggml-quants.c for the order: number i is the lower half of byte i, number 16 + i its upper half.

export const BLOCK = 32;
/** One byte for the scale, half a one for each number. */
export const BLOCK_BYTES = 17;

/** By their four bits. */
export const NUMBERS = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6];
/** By the scale's byte: 255 is no number. */
export const POWERS = Float64Array.from({ length: 256 }, (_, byte) => (byte === 255 ? Number.NaN : 2 ** (byte - 127)));

/** @param packed 16 bytes for each scale, numbers one after another, the lower half of a byte first */
export function toBlocks(packed: Uint8Array, scales: Uint8Array): Uint8Array {
  const out = new Uint8Array(scales.length * BLOCK_BYTES);
  for (let block = 0, from = 0, to = 0; block < scales.length; block++, from += BLOCK / 2) {
    out[to++] = scales[block] as number;
    for (let i = 0; i < BLOCK / 4; i++) {
      const low = packed[from + i] as number;
      const high = packed[from + BLOCK / 4 + i] as number;
      out[to++] = (low & 15) | ((high & 15) << 4);
      out[to++] = (low >>> 4) | (high & 0xf0);
    }
  }
  return out;
}

export function fromBlocks(blocks: Uint8Array): Float32Array {
  const count = blocks.length / BLOCK_BYTES;
  const out = new Float32Array(count * BLOCK);
  for (let block = 0, from = 0, to = 0; block < count; block++, to += BLOCK) {
    const power = POWERS[blocks[from++] as number] as number;
    for (let i = 0; i < BLOCK / 2; i++) {
      const byte = blocks[from++] as number;
      out[to + i] = (NUMBERS[byte & 15] as number) * power;
      out[to + BLOCK / 2 + i] = (NUMBERS[byte >>> 4] as number) * power;
    }
  }
  return out;
}
