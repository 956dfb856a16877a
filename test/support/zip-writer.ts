// Writes small zip files for tests as PyTorch does, and on request lying ones.
import { crc32, deflateRawSync } from "node:zlib";

export interface WritableEntry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflate?: boolean;
  /** Lies in the directory; default: the truth. */
  readonly size?: number;
  readonly packed?: number;
  readonly offset?: number;
  readonly method?: number;
  readonly flags?: number;
  /** The name in the entry's own header. */
  readonly localName?: string;
  /** Added to what the entry's own header says of the length of its extra field. */
  readonly moreExtra?: number;
  /** Sizes and offset in the 64-bit fields. */
  readonly wide?: boolean;
}

const u16 = (value: number): Buffer => {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
};
const u32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value >>> 0);
  return buffer;
};
const u64 = (value: number): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
};

/** `wide` writes the end of the directory with 64 bits as well; `entries` lies about their number. */
export function writeZip(
  files: readonly WritableEntry[],
  end: { readonly wide?: boolean; readonly entries?: number; readonly comment?: string } = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  const add = (buffer: Buffer): void => {
    parts.push(buffer);
    at += buffer.length;
  };
  for (const file of files) {
    const stored = file.deflate ? deflateRawSync(file.data, { level: 9 }) : Buffer.from(file.data);
    const method = u16(file.method ?? (file.deflate ? 8 : 0));
    const name = Buffer.from(file.name);
    const local = Buffer.from(file.localName ?? file.name);
    const [size, packed, offset] = [file.size ?? file.data.length, file.packed ?? stored.length, file.offset ?? at];
    const flags = u16(file.flags ?? 0x800);
    const sum = u32(crc32(file.data));
    const head = [u16(20), flags, method, u32(0), sum];
    const widths = file.wide ? [u32(0xffffffff), u32(0xffffffff)] : [u32(packed), u32(size)];
    const extra = file.wide
      ? Buffer.concat([u16(0x4246), u16(1), Buffer.from("x"), u16(1), u16(24), u64(size), u64(packed), u64(offset)])
      : Buffer.alloc(0);
    directory.push(
      Buffer.concat([
        u32(0x02014b50),
        u16(20),
        ...head,
        ...widths,
        u16(name.length),
        u16(extra.length),
        u16(0),
        u16(0),
      ]),
      Buffer.concat([u16(0), u32(0), u32(file.wide ? 0xffffffff : offset), name, extra]),
    );
    const padding = Buffer.alloc((64 - ((at + 30 + local.length + 4) % 64)) % 64);
    const sizes = [u32(stored.length), u32(file.data.length)];
    add(
      Buffer.concat([
        u32(0x04034b50),
        ...head,
        ...sizes,
        u16(local.length),
        u16(padding.length + 4 + (file.moreExtra ?? 0)),
      ]),
    );
    add(Buffer.concat([local, u16(0x4246), u16(padding.length), padding, stored]));
  }
  const start = at;
  const list = Buffer.concat(directory);
  const count = end.entries ?? files.length;
  add(list);
  if (end.wide) {
    const record = at;
    add(Buffer.concat([u32(0x06064b50), u64(44), u16(45), u16(45), u32(0), u32(0), u64(count), u64(count)]));
    add(Buffer.concat([u64(list.length), u64(start), u32(0x07064b50), u32(0), u64(record), u32(1)]));
  }
  const narrow = end.wide ? [u16(0xffff), u16(0xffff), u32(0xffffffff), u32(0xffffffff)] : undefined;
  const comment = Buffer.from(end.comment ?? "");
  const totals = narrow ?? [u16(count), u16(count), u32(list.length), u32(start)];
  add(Buffer.concat([u32(0x06054b50), u16(0), u16(0), ...totals, u16(comment.length), comment]));
  return Buffer.concat(parts);
}
