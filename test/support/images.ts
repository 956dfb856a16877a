// Small images of one color, and headers that claim what a test wants.
import { crc32, deflateSync } from "node:zlib";

type Rgb = readonly [red: number, green: number, blue: number];

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(data.length, 0);
  around.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([around.subarray(0, 4), body, around.subarray(4)]);
}

/** @param packed in place of the right pixels */
export function png(width: number, height: number, color: Rgb = [200, 0, 0], packed?: Buffer): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const row = Buffer.alloc(1 + 3 * (packed ? 0 : width), 0);
  for (let at = 1; at < row.length; at += 3) row.set(color, at);
  const pixels = packed ?? deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

/** As cameras write them, with notes before the frame; no pixels. */
export function jpegHead(width: number, height: number, notes = 2000): Buffer {
  const note = Buffer.alloc(2 + 2 + notes);
  note.writeUInt16BE(0xffe1, 0);
  note.writeUInt16BE(2 + notes, 2);
  const frame = Buffer.from([0xff, 0xc2, 0, 17, 8, 0, 0, 0, 0, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), note, frame]);
}

export function gifHead(width: number, height: number): Buffer {
  const head = Buffer.alloc(13);
  head.write("GIF89a", "latin1");
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  return head;
}

/** A whole image; rows begin at the bottom. */
export function bmp(width: number, height: number, [red, green, blue]: Rgb = [0, 0, 200]): Buffer {
  const row = Math.ceil((width * 3) / 4) * 4;
  const file = Buffer.alloc(54 + row * height);
  file.write("BM", "latin1");
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) file.set([blue, green, red], 54 + y * row + 3 * x);
  }
  return file;
}

export function webpHead(width: number, height: number): Buffer {
  const head = Buffer.alloc(30);
  head.write("RIFF", 0, "latin1");
  head.write("WEBPVP8X", 8, "latin1");
  head.writeUIntLE(width - 1, 24, 3);
  head.writeUIntLE(height - 1, 27, 3);
  return head;
}

/** A PNG with four channels of 16 bits, all 0: nothing takes more bytes for a pixel until it is decoded. */
export function deepPng(width: number, height: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([16, 6], 8);
  const pixels = deflateSync(Buffer.alloc((1 + 8 * width) * height));
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

/** A grey progressive JPEG with four colors at full size, of which only the first scan is there: each block one bit (ITU T.81 F.1.2, G.1.2). */
export function progressiveJpeg(width: number, height: number): Buffer {
  const colors = [1, 2, 3, 4];
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  const frame = [8, ...size, colors.length, ...colors.flatMap((color) => [color, 0x11, 0])];
  // One code of one bit, 0: no difference to the block before.
  const codes = [0, 1, ...Array<number>(15).fill(0), 0];
  const scan = [colors.length, ...colors.flatMap((color) => [color, 0]), 0, 0, 0];
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8) * colors.length;
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, 0, ...Array<number>(64).fill(1)),
    segment(0xc2, ...frame),
    segment(0xc4, ...codes),
    segment(0xda, ...scan),
    Buffer.alloc(Math.ceil(blocks / 8)),
    Buffer.from([0xff, 0xd9]),
  ]);
}

const segment = (mark: number, ...bytes: number[]): Buffer =>
  Buffer.from([0xff, mark, (bytes.length + 2) >> 8, (bytes.length + 2) & 255, ...bytes]);

/** Of one grey block, with all that may stand in such a file: a thumbnail in the notes, fill bytes, restarts, stuffed bytes, scans. */
export function jpeg({ progressive = false }: { readonly progressive?: boolean } = {}): Buffer {
  const begin = Buffer.from([0xff, 0xd8]);
  const end = Buffer.from([0xff, 0xd9]);
  const frame = (mark: number) => segment(mark, 8, 0, 8, 0, 8, 1, 1, 0x11, 0);
  const scan = (first: number, last: number, ...data: number[]): Buffer[] => [
    segment(0xda, 1, 1, 0, first, last, 0),
    Buffer.from(data),
  ];
  const data = [0x12, 0xff, 0, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xd1, 0xff, 0];
  const thumbnail = Buffer.concat([begin, frame(0xc0), ...scan(0, 63, 1, 2, 3), end]);
  const scans = progressive
    ? [...scan(0, 0, ...data), segment(0xc4, 0x10, ...Array<number>(16).fill(0)), ...scan(1, 63, ...data)]
    : scan(0, 63, ...data);
  return Buffer.concat([
    begin,
    segment(0xe1, ...thumbnail),
    Buffer.from([0xff, 0xff]),
    segment(0xdb, 0, ...Array<number>(64).fill(1)),
    frame(progressive ? 0xc2 : 0xc0),
    segment(0xdd, 0, 1),
    ...scans,
    end,
  ]);
}

/** Of two pictures with a comment before them; where the first one ends is said too. */
export function gif(): { readonly bytes: Buffer; readonly firstEnds: number } {
  const head = gifHead(2, 2);
  head[10] = 0x80;
  const colors = Buffer.from([0, 0, 0, 255, 255, 255]);
  const comment = Buffer.from([0x21, 0xfe, 3, 0x2c, 0x3b, 0, 0]);
  const picture = Buffer.from([0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0x80, ...colors, 2, 2, 0x84, 0x51, 0]);
  const first = Buffer.concat([head, colors, comment, picture]);
  return { bytes: Buffer.concat([first, picture, Buffer.from([0x3b])]), firstEnds: first.length };
}
