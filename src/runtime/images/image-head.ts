// What the first bytes of an image file claim: its kind and its size in pixels. Nothing is decoded, and nothing believed further
// than that: the decoder lives in a process of its own.

export type ImageKind = "png" | "jpeg" | "gif" | "bmp";

export interface ImageHead {
  readonly kind: ImageKind;
  readonly width: number;
  readonly height: number;
}

const ASCII = new TextDecoder("latin1");

/**
 * The kind by the first bytes, never by the name, with the size that the header claims; null for what is no image of these kinds.
 * Formats: PNG 3rd edition 11.2.1, ITU T.81 B.2.2, GIF89a 18, BITMAPINFOHEADER.
 * @throws RangeError for an image of a kind whose header is cut off or makes no sense; its message reads like `the header is cut off`
 */
export function imageHead(bytes: Uint8Array): ImageHead | null {
  const kind = kindOf(bytes);
  if (kind === null) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = sized(() => SIZES[kind](view));
  if (!(width > 0 && height > 0)) throw new RangeError(`it claims ${width} x ${height} pixels`);
  return { kind, width, height };
}

/** By RFC 9649; no decoder of ours reads it. */
export function isWebp(bytes: Uint8Array): boolean {
  const start = ASCII.decode(bytes.subarray(0, 12));
  return start.startsWith("RIFF") && start.startsWith("WEBP", 8);
}

function kindOf(bytes: Uint8Array): ImageKind | null {
  const start = ASCII.decode(bytes.subarray(0, 16));
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (start.startsWith("\xff\xd8\xff")) return "jpeg";
  if (/^GIF8[79]a/.test(start)) return "gif";
  // Two letters begin many texts; the size of the second header makes it an image.
  if (start.startsWith("BM") && [40, 52, 56, 108, 124].includes(bytes[14] ?? 0) && bytes[15] === 0) return "bmp";
  return null;
}

type Size = readonly [width: number, height: number];

function sized(read: () => Size): Size {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError && error.message.startsWith("Offset"))
      throw new RangeError("the header is cut off");
    throw error;
  }
}

const SIZES: Readonly<Record<ImageKind, (view: DataView) => Size>> = {
  png(view) {
    if (view.getUint32(12) !== 0x49484452) throw new RangeError("its first part is no IHDR");
    return [view.getUint32(16), view.getUint32(20)];
  },
  jpeg: frameOfJpeg,
  gif: (view) => [view.getUint16(6, true), view.getUint16(8, true)],
  // A height below 0 begins at the top.
  bmp: (view) => [view.getInt32(18, true), Math.abs(view.getInt32(22, true))],
};

/** Walks over the segments to the frame's header: what stands before it (a camera's notes) may be long. */
function frameOfJpeg(view: DataView): Size {
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) throw new RangeError("its segments are out of order");
    const mark = view.getUint8(at + 1);
    if (mark === 0xff) {
      at += 1;
      continue;
    }
    // SOF0 to SOF15 but for the tables DHT, JPG and DAC.
    if (mark >= 0xc0 && mark <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(mark)) {
      return [view.getUint16(at + 7), view.getUint16(at + 5)];
    }
    if (mark === 0xd9 || mark === 0xda) throw new RangeError("it has no frame");
    const length = view.getUint16(at + 2);
    if (length < 2) throw new RangeError("one of its segments has no length");
    at += 2 + length;
  }
}
