// The folder of a checkpoint on this disk. The only place of this room that opens files to read.
import { open, readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { OslmError } from "../errors.js";
import type { ByteSource } from "../gguf/source.js";

export interface OpenFile extends ByteSource {
  /** @param into is filled and given back, where it is large enough */
  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface Folder {
  /** Of its files, sorted; links count as what they lead to, since the Hub's cache is made of them. */
  readonly names: readonly string[];
  open(name: string): Promise<OpenFile>;
  /** A whole file; null where there is none. Throws malformed-checkpoint for one above the limit. */
  read(name: string, limit?: number): Promise<Uint8Array | null>;
}

const MIB = 1024 * 1024;

/** Bytes of a file that is read whole: tokenizer.json of large vocabularies takes 35 MB, the index of the largest checkpoints 10. */
export const wholeLimit = (name: string): number =>
  /^(tokenizer\.json|vocab\.json|.*\.model|.*\.txt)$/.test(name)
    ? 128 * MIB
    : /index\.json$/.test(name)
      ? 32 * MIB
      : 8 * MIB;

/**
 * @param within links that lead out of this folder are not followed: their files count as not there
 * @throws OslmError file-not-found where there is no such folder
 */
export async function openFolder(path: string, within?: string): Promise<Folder> {
  const names: string[] = [];
  const root = within === undefined ? undefined : (await realpath(within)) + sep;
  const entries = await readdir(path).catch((cause) => {
    throw new OslmError("file-not-found", { path }, { cause });
  });
  for (const name of entries.sort()) {
    const seen = await stat(join(path, name)).catch(() => undefined);
    if (!seen?.isFile()) continue;
    if (root === undefined || (await realpath(join(path, name))).startsWith(root)) names.push(name);
  }
  const openNamed = async (name: string): Promise<OpenFile> => {
    if (!names.includes(name)) throw malformed(name, "it is not among the files of the folder");
    const file = await open(join(path, name), "r");
    const { size } = await file.stat();
    return {
      size,
      close: () => file.close(),
      read: async (offset, length, into) => {
        const wanted = Math.max(0, Math.min(length, size - offset));
        // Not filled with zeros first; a plain array, since a Buffer's slice does not copy.
        const bytes =
          into !== undefined && into.length >= wanted
            ? into.subarray(0, wanted)
            : new Uint8Array(Buffer.allocUnsafeSlow(wanted).buffer);
        let got = 0;
        while (got < bytes.length) {
          const { bytesRead } = await file.read(bytes, got, bytes.length - got, offset + got);
          if (bytesRead === 0) break;
          got += bytesRead;
        }
        return bytes.subarray(0, got);
      },
    };
  };
  return {
    names,
    open: openNamed,
    read: async (name, limit = wholeLimit(name)) => {
      if (!names.includes(name)) return null;
      const file = await openNamed(name);
      try {
        if (file.size > limit) throw malformed(name, `it has ${file.size} bytes, more than ${limit}`);
        return await file.read(0, file.size);
      } finally {
        await file.close();
      }
    },
  };
}

function malformed(file: string, reason: string): OslmError {
  return new OslmError("malformed-checkpoint", { file, reason });
}
