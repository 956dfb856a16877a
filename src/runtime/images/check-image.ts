// Whether an image may go to the decoder, which is native code: by its kind, by what it claims, whether all of it is there, and by what a PNG
// really unpacks to.
import { createInflate } from "node:zlib";
import type { Bytes } from "../../model/types.js";
import { isCutOff } from "./cut-off.js";
import { type ImageHead, imageHead, isWebp } from "./image-head.js";

/** Of a file: a photograph of the largest size below is some 20 MB. */
export const MAX_IMAGE_BYTES: Bytes = 64 * 2 ** 20;
/** Each takes some bytes of memory; 48 million have the cameras of phones. */
export const MAX_IMAGE_PIXELS = 50_000_000;
const MAX_SIDE = 32_768;

export type ImageFault =
  /** No image, or of a kind that the decoder does not read. */
  | { readonly is: "unreadable"; readonly reason: string }
  | { readonly is: "too-large"; readonly reason: string }
  /** Damaged, or made to do harm. */
  | { readonly is: "malformed"; readonly reason: string };

/** What is wrong with an image; its head where nothing is. */
export async function checkImage(bytes: Uint8Array): Promise<ImageHead | ImageFault> {
  if (isWebp(bytes)) return { is: "unreadable", reason: "it is a WebP file, which the decoder does not read" };
  let head: ImageHead | null;
  try {
    head = imageHead(bytes);
  } catch (error) {
    return { is: "malformed", reason: error instanceof Error ? error.message : String(error) };
  }
  if (head === null) return { is: "unreadable", reason: "it is no PNG, JPEG, GIF or BMP file" };
  const { kind, width, height } = head;
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_IMAGE_PIXELS) {
    const most = `at most ${MAX_IMAGE_PIXELS / 1e6} million pixels, ${MAX_SIDE} on a side, are read`;
    return { is: "too-large", reason: `it claims ${width} x ${height} pixels; ${most}` };
  }
  if (isCutOff(bytes, head)) return { is: "malformed", reason: "it is cut off" };
  const bomb = kind === "png" && (await unpacksToMore(bytes, head));
  return bomb ? { is: "malformed", reason: "it unpacks to more than the pixels that it claims" } : head;
}

/** Interlaced rows have filter bytes of their own, and 16 bits for each of 4 channels are the most. */
const mostBytes = ({ width, height }: ImageHead): Bytes => width * height * 8 + (height * 2 + 16) * 8 + 1024;

/** The decoder unpacks all that is there before it looks at the size: a few kilobytes can be gigabytes. */
async function unpacksToMore(bytes: Uint8Array, head: ImageHead): Promise<boolean> {
  // Small pieces would stay in the heap after they are gone.
  const inflate = createInflate({ chunkSize: 2 ** 20 });
  const most = mostBytes(head);
  let out = 0;
  return new Promise((resolve) => {
    const end = (answer: boolean): void => {
      inflate.destroy();
      resolve(answer);
    };
    inflate.on("data", (piece: Buffer) => {
      out += piece.length;
      if (out > most) end(true);
    });
    // What is broken the decoder refuses; it has not unpacked more than this until there.
    inflate.on("error", () => end(false)).on("end", () => end(false));
    for (const part of dataOfPng(bytes)) inflate.write(part);
    inflate.end();
  });
}

/** The packed pixels, in pieces. */
function* dataOfPng(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x49444154) yield bytes.subarray(at + 8, Math.min(at + 8 + length, bytes.length));
    at += 12 + length;
  }
}
