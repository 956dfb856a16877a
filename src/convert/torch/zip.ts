// A zip file read by ranges: PyTorch stores tensors in one uncompressed, so that they can be read in place.
import { inflateRawSync } from "node:zlib";
import type { ByteSource } from "../../gguf/source.js";
import { fail, readDirectory, said, viewOf, type ZipEntry } from "./zip-directory.js";

const LOCAL = 0x04034b50;

/** Entries of a zip file by name. What they hold is read when asked for. */
export class Zip {
  readonly #places = new Map<ZipEntry, number>();

  private constructor(
    readonly source: ByteSource,
    readonly file: string,
    readonly entries: ReadonlyMap<string, ZipEntry>,
  ) {}

  /**
   * Reads the directory alone.
   * @throws OslmError malformed-checkpoint
   */
  static async open(source: ByteSource, file: string): Promise<Zip> {
    return new Zip(source, file, await readDirectory(source, file));
  }

  /** Where the bytes of an entry that is stored as it is begin in the file. */
  async place(entry: ZipEntry): Promise<number> {
    const known = this.#places.get(entry);
    if (known !== undefined) return known;
    const head = viewOf(await this.source.read(entry.header, 30));
    if (head.byteLength < 30 || head.getUint32(0, true) !== LOCAL) fail(this.file, `${said(entry.name)} has no header`);
    const nameLength = head.getUint16(26, true);
    const name = await this.source.read(entry.header + 30, nameLength);
    if (Buffer.from(name).toString("utf8") !== entry.name) {
      fail(this.file, `${said(entry.name)} has another name in its own header than in the directory`);
    }
    const place = entry.header + 30 + nameLength + head.getUint16(28, true);
    if (place + entry.packed > entry.limit) fail(this.file, `${said(entry.name)} overlaps what comes after it`);
    this.#places.set(entry, place);
    return place;
  }

  /**
   * The whole of a small entry, inflated where it is compressed.
   * @throws OslmError malformed-checkpoint when it is larger than `most` bytes, by what it says or by what comes out
   */
  async whole(entry: ZipEntry, most: number): Promise<Uint8Array> {
    if (entry.size > most || entry.packed > most) {
      fail(this.file, `${said(entry.name)} takes ${entry.size} bytes, and at most ${most} are read`);
    }
    const bytes = await this.source.read(await this.place(entry), entry.packed);
    if (bytes.length !== entry.packed) fail(this.file, `the file ends inside ${said(entry.name)}`);
    return entry.compressed ? this.#inflate(entry, bytes) : bytes;
  }

  #inflate(entry: ZipEntry, bytes: Uint8Array): Uint8Array {
    let inflated: Uint8Array;
    try {
      inflated = inflateRawSync(bytes, { maxOutputLength: Math.max(1, entry.size) });
    } catch {
      return fail(
        this.file,
        `${said(entry.name)} cannot be inflated to the ${entry.size} bytes that it is said to have`,
      );
    }
    if (inflated.length !== entry.size) fail(this.file, `${said(entry.name)} has not the size that it is said to have`);
    return inflated;
  }
}
