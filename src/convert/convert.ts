// A checkpoint into a GGUF file.
import type { WrittenHeader } from "../gguf/write-header.js";
import type { Folder } from "./folder.js";
import { type PrepareOptions, prepare, type TypesOf } from "./prepare.js";
import { type WriteOptions, writeFile } from "./write-file.js";
import type { WriteProgress } from "./write-tensors.js";

export interface ConvertOptions extends PrepareOptions, WriteOptions {
  /** Of matrices, by the names of tensor types; where their types are told, the label of a file's type. */
  readonly type: string;
  /** LLAMA_FTYPE_*; default: the one of that label. */
  readonly fileType?: number;
  /**
   * The type of each tensor, told from the header that the file would have in F16.
   * @throws OslmError what keeps the file from having it
   */
  readonly mixture?: (header: WrittenHeader) => Promise<TypesOf>;
  /** Throws where the disk has no room for so many bytes. */
  readonly reserve?: (bytes: number) => Promise<void>;
}

export type ConvertEvent =
  | { readonly kind: "planned"; readonly architecture: string; readonly tensors: number; readonly bytes: number }
  | ({ readonly kind: "written" } & WriteProgress);

/**
 * Nothing is left of it when it fails or its signal is aborted.
 * @throws OslmError malformed-checkpoint, unsupported-checkpoint, and what `reserve` throws
 */
export async function* convert(folder: Folder, options: ConvertOptions): AsyncGenerator<ConvertEvent> {
  const prepared = await prepare(folder, options);
  try {
    const { type: label, fileType: id } = options;
    const types = await options.mixture?.(prepared.file({ label: "F16" }).header);
    const file = prepared.file({ label, ...(id !== undefined && { id }) }, types);
    const bytes = file.header.fileSize;
    await options.reserve?.(bytes);
    yield { kind: "planned", architecture: prepared.architecture, tensors: file.tensors.length, bytes };
    for await (const progress of writeFile(file.header, file.tensors, options)) yield { kind: "written", ...progress };
  } finally {
    await prepared.close();
  }
}
