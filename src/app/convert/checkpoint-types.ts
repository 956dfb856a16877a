// What a checkpoint can become, each with its exact size: of the usual quantizations and of the one that is asked for.
import { isOwnType } from "../../convert/encode.js";
import type { Prepared, PreparedFile, TypesOf } from "../../convert/prepare.js";
import { OslmError } from "../../errors.js";
import type { Candidate } from "../../fit/weigh.js";
import { weightsOf } from "../../fit/weights.js";
import { type Geometry, geometryOf } from "../../gguf/geometry.js";
import { readHeader } from "../../gguf/header.js";
import { hollowSource } from "../../gguf/hollow-source.js";
import type { WrittenHeader } from "../../gguf/write-header.js";
import type { Asking } from "../../quantize/ask-quantizer.js";
import { fileType } from "../../quantize/file-types.js";
import { nativeLibraries } from "../../runtime/llama/native-libraries.js";
import { mixtures } from "../fit/mixtures.js";

export interface CheckpointTypes {
  readonly geometry: Geometry;
  /** Of one of them. */
  readonly header: WrittenHeader;
  /** The best first. */
  readonly candidates: readonly Candidate[];
  /** What each tensor of a quantization gets; undefined for those that the converter decides itself. */
  typesOf(quant: string): TypesOf | undefined;
}

/** As most publishers offer them. BF16 or F16: the one that the checkpoint is made of. */
const USUAL = ["Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"];

/**
 * Which tensor gets which type, the library itself says: it is shown a file with all but the weights. Nothing of them is read.
 * @param asked a quantization @throws OslmError quant-not-found, needs-imatrix, no-quantizer, and as `planQuantize` does
 */
export async function checkpointTypes(
  asking: Asking,
  prepared: Prepared,
  { repo, name, asked }: { readonly repo: string; readonly name: string; readonly asked: string | undefined },
): Promise<CheckpointTypes> {
  const own = prepared.file("F16").tensors.some(({ weights }) => weights.type === "BF16") ? "BF16" : "F16";
  const labels = [...new Set([...(asked === undefined ? [] : [asked]), own, ...USUAL])];
  const types = labels.flatMap((label) => fileType(label) ?? []);
  const unknown = asked !== undefined && fileType(asked)?.label !== asked;
  if (unknown) throw new OslmError("quant-not-found", { repo, quant: asked, available: [own, ...USUAL] });
  const mixed = types.filter(({ label }) => !isOwnType(label));
  const instead = `oslm pull ${repo}:Q2_K, or --keep the checkpoint, and oslm quantize it with --imatrix FILE`;
  const byLabel =
    nativeLibraries() === undefined && (asked === undefined || isOwnType(asked))
      ? new Map<string, TypesOf>()
      : await mixtures(prepared, mixed, { asking, instead });
  const files = types.flatMap(({ label }): Sized[] => {
    if (!isOwnType(label) && !byLabel.has(label)) return [];
    return [{ label, file: prepared.file(label, byLabel.get(label)) }];
  });
  const first = files[0] as Sized;
  const geometry = geometryOf(await readHeader(hollowSource(first.file.header), { name }));
  const candidates = await Promise.all(files.map((one) => candidateOf(one, { name, geometry })));
  return { geometry, header: first.file.header, candidates, typesOf: (quant) => byLabel.get(quant) };
}

interface Sized {
  readonly label: string;
  readonly file: PreparedFile;
}

async function candidateOf(
  { label, file: { header } }: Sized,
  { name, geometry }: { readonly name: string; readonly geometry: Geometry },
): Promise<Candidate> {
  const path = `${name}-${label}.gguf`;
  const size = header.fileSize;
  const read = await readHeader(hollowSource(header), { name: path });
  const weights = weightsOf([read], geometry, process.arch === "arm64" ? "arm64" : "x64");
  return { variant: { quant: label, size, files: [{ path, size, gitOid: "" }] }, geometry, weights };
}
