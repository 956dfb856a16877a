// A checkpoint into a GGUF file.
import type { Folder } from "./folder.js";
import { type Prepared, type PreparedFile, type PrepareOptions, prepare, type TypesOf } from "./prepare.js";
import { type WriteOptions, writeFile } from "./write-file.js";
import type { WriteProgress } from "./write-tensors.js";

export interface ConvertOptions extends PrepareOptions, WriteOptions {
  /** Of matrices, by the names of tensor types; with `types` the label of the whole. */
  readonly type: string;
  /** For other types than the converter's own: what each tensor gets. */
  readonly types?: (prepared: Prepared) => TypesOf | Promise<TypesOf>;
  /** Throws where nothing good can come of the file. */
  readonly check?: (file: PreparedFile) => Promise<void>;
  /** Throws where the disk has no room for so many bytes. */
  readonly reserve?: (bytes: number) => Promise<void>;
}

export type ConvertEvent =
  | {
      readonly kind: "planned";
      readonly architecture: string;
      readonly tensors: number;
      readonly bytes: number;
      /** What the model's own tokenizer does to texts and the engine does not. */
      readonly leftOut: readonly string[];
    }
  | ({ readonly kind: "written" } & WriteProgress);

/**
 * Nothing is left of it when it fails or its signal is aborted.
 * @throws OslmError malformed-checkpoint, unsupported-checkpoint, and what `types`, `check` and `reserve` throw
 */
export async function* convert(folder: Folder, options: ConvertOptions): AsyncGenerator<ConvertEvent> {
  const prepared = await prepare(folder, options);
  try {
    const file = prepared.file(options.type, await options.types?.(prepared));
    const bytes = file.header.fileSize;
    await options.check?.(file);
    await options.reserve?.(bytes);
    const { architecture, leftOut } = prepared;
    yield { kind: "planned", architecture, tensors: file.tensors.length, bytes, leftOut };
    for await (const progress of writeFile(file.header, file.tensors, options)) yield { kind: "written", ...progress };
  } finally {
    await prepared.close();
  }
}
