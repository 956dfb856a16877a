// A GGUF file as it is written: under a name of its own until it is whole, gone when it never gets so.
import { type FileHandle, rm } from "node:fs/promises";
import { basename } from "node:path";
import { naming } from "../disk/full-disk.js";
import { passingFile } from "../disk/passing-file.js";
import { place } from "../disk/place.js";
import { readHeader } from "../gguf/header.js";
import { aligned, type WrittenHeader } from "../gguf/write-header.js";

export class GgufFile {
  #written = 0;
  #tensor = 0;

  private constructor(
    readonly path: string,
    private readonly partial: string,
    private readonly file: FileHandle,
    private readonly header: WrittenHeader,
  ) {}

  static async create(path: string, header: WrittenHeader): Promise<GgufFile> {
    const partial = await passingFile(path);
    const made = new GgufFile(path, partial.path, partial.file, header);
    try {
      await made.#put(header.bytes);
    } catch (error) {
      await made.abandon();
      throw error;
    }
    return made;
  }

  /** Bytes so far, of `header.fileSize`. */
  get written(): number {
    return this.#written;
  }

  /** The next bytes of the data; those of one tensor may come in parts. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#put(bytes);
  }

  /** After the last bytes of each tensor. Throws RangeError when they were not as many as the header says: a mistake of the caller. */
  async endTensor(): Promise<void> {
    const tensor = this.header.tensors[this.#tensor++];
    if (tensor === undefined) throw new RangeError("more tensors than the header has");
    const end = this.header.bytes.length + tensor.offset + tensor.bytes;
    if (this.#written !== end) throw new RangeError(`${tensor.name} ends at ${this.#written}, not at ${end}`);
    await this.#put(new Uint8Array(aligned(tensor.bytes) - tensor.bytes));
  }

  /**
   * Reads the header back as a stranger's, makes the file last, and gives it its name.
   * @param fresh leaves a file alone that has come there meanwhile, and throws OslmError usage
   */
  async finish(fresh = false): Promise<void> {
    await this.file.sync();
    const { size } = await this.file.stat();
    if (size !== this.header.fileSize)
      throw new RangeError(`${this.path} has ${size} bytes, not ${this.header.fileSize}`);
    const source = {
      size,
      read: async (offset: number, length: number) => {
        const { buffer, bytesRead } = await this.file.read(new Uint8Array(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
    };
    await readHeader(source, { name: basename(this.path) });
    await this.file.close();
    await place(this.partial, this.path, { over: !fresh });
  }

  /** Leaves nothing. */
  async abandon(): Promise<void> {
    await this.file.close().catch(() => {});
    await rm(this.partial, { force: true });
  }

  async #put(bytes: Uint8Array): Promise<void> {
    let at = 0;
    await naming(this.path, async () => {
      while (at < bytes.length) at += (await this.file.write(bytes, at, bytes.length - at)).bytesWritten;
    });
    this.#written += bytes.length;
  }
}
