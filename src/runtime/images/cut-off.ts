// Whether an image file ends before its picture does. The decoder fills what is missing with grey or black and says nothing, so a model
// would be asked about half a picture. Only lengths are read here, in one pass; what a packed picture unpacks to stays unknown.
import type { ImageHead, ImageKind } from "./image-head.js";

/**
 * True where bytes of the picture are missing. What follows the picture may be cut, or be of no image at all.
 * Formats: ITU T.81 B.1.1, GIF89a 20 to 22, BITMAPINFOHEADER. The decoder itself refuses a PNG that is cut.
 */
export function isCutOff(bytes: Uint8Array, head: ImageHead): boolean {
  return !HOLDS_ALL[head.kind](bytes, head);
}

const HOLDS_ALL: Readonly<Record<ImageKind, (bytes: Uint8Array, head: ImageHead) => boolean>> = {
  png: () => true,
  jpeg: holdsJpeg,
  gif: holdsGif,
  bmp: holdsBmp,
};

/** Walks over segments and scans to the mark of the end; thumbnails lie within segments. */
function holdsJpeg(bytes: Uint8Array): boolean {
  let scanned = false;
  for (let at = nextMark(bytes, 2); at + 1 < bytes.length; ) {
    const mark = bytes[at + 1];
    if (mark === END_OF_IMAGE) return scanned;
    scanned ||= mark === START_OF_SCAN;
    at = nextMark(bytes, at + 2 + number(bytes, at + 2));
  }
  return false;
}

const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;

/** Beyond a scan's data, in which 0xff comes before 0 and before the marks of restarts, and beyond fill bytes. */
function nextMark(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at + 1 < bytes.length) {
    const next = bytes[at + 1] ?? 0;
    if (bytes[at] === 0xff && next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) break;
    at++;
  }
  return at;
}

const number = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** Walks over the blocks to the end of the first picture. */
function holdsGif(bytes: Uint8Array): boolean {
  let at = 13 + colorsOfGif(bytes[10]);
  while (bytes[at] === 0x21) at = afterPieces(bytes, at + 2);
  if (at >= bytes.length) return false;
  // No picture: the decoder says so.
  if (bytes[at] !== 0x2c) return true;
  return afterPieces(bytes, at + 11 + colorsOfGif(bytes[at + 9])) <= bytes.length;
}

/** Each piece begins with its length, and one without length ends them; beyond the file where none does. */
function afterPieces(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== 0) at += 1 + (bytes[at] ?? 0);
  return at + 1;
}

/** Bytes of the color table that these flags announce. */
const colorsOfGif = (flags = 0): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** Rows are filled up to four bytes, the last one not by every program. */
function holdsBmp(bytes: Uint8Array, { width, height }: ImageHead): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 34) return false;
  const [start, bits, packing] = [view.getUint32(10, true), view.getUint16(28, true), view.getUint32(30, true)];
  // Packed rows, and whole files inside, the decoder refuses.
  if (packing !== BI_RGB && packing !== BI_BITFIELDS) return true;
  const row = Math.ceil((width * bits) / 32) * 4;
  return start + row * (height - 1) + Math.ceil((width * bits) / 8) <= bytes.length;
}

const BI_RGB = 0;
const BI_BITFIELDS = 3;
