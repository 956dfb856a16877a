// A checkpoint into a GGUF file.
import { type Encode, encodeFloats } from "./encode.js";
import type { Folder } from "./folder.js";
import { GgufFile } from "./gguf-file.js";
import { type Prepared, type PreparedFile, type PrepareOptions, prepare, type TypesOf } from "./prepare.js";
import { type WriteProgress, writeTensors } from "./write-tensors.js";

export interface ConvertOptions extends PrepareOptions {
  /** Where the file goes; what is there is replaced once the new one is whole. */
  readonly target: string;
  /** Of matrices, by the names of tensor types; with `types` the label of the whole. */
  readonly type: string;
  /** For other types than the converter's own: what each tensor gets. */
  readonly types?: (prepared: Prepared) => TypesOf | Promise<TypesOf>;
  readonly signal: AbortSignal;
  /** For other types than the converter's own. */
  readonly encode?: Encode;
  /** Throws where the disk has no room for so many bytes. */
  readonly reserve?: (bytes: number) => Promise<void>;
}

export type ConvertEvent =
  | { readonly kind: "planned"; readonly architecture: string; readonly tensors: number; readonly bytes: number }
  | ({ readonly kind: "written" } & WriteProgress);

/**
 * Nothing is left of it when it fails or its signal is aborted.
 * @throws OslmError malformed-checkpoint, unsupported-checkpoint, and what `types` and `reserve` throw
 */
export async function* convert(folder: Folder, options: ConvertOptions): AsyncGenerator<ConvertEvent> {
  const prepared = await prepare(folder, options);
  try {
    const file = prepared.file(options.type, await options.types?.(prepared));
    const bytes = file.header.fileSize;
    await options.reserve?.(bytes);
    yield { kind: "planned", architecture: prepared.architecture, tensors: file.tensors.length, bytes };
    yield* write(file, options);
  } finally {
    await prepared.close();
  }
}

async function* write(
  { header, tensors }: PreparedFile,
  { target, signal, encode = encodeFloats }: ConvertOptions,
): AsyncGenerator<ConvertEvent> {
  const file = await GgufFile.create(target, header);
  let whole = false;
  try {
    for await (const progress of writeTensors(file, tensors, encode, signal)) yield { kind: "written", ...progress };
    signal.throwIfAborted();
    await file.finish();
    whole = true;
  } finally {
    if (!whole) await file.abandon();
  }
}
