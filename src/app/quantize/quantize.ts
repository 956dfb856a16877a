// From a model of this disk to a smaller file of it: what each tensor becomes, whether that may be done, and the doing.
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { OslmError } from "../../errors.js";
import { quoted } from "../../model/quoted.js";
import type { ModelRef } from "../../model/ref.js";
import type { Bytes } from "../../model/types.js";
import type { FileType } from "../../quantize/file-types.js";
import { checkImatrix } from "../../quantize/imatrix.js";
import { openImatrix } from "../../quantize/imatrix-file.js";
import type { QuantizeCall } from "../../quantize/job.js";
import { planQuantize, type QuantizePlan } from "../../quantize/plan.js";
import { type QuantizeProgress, quantizeFile } from "../../quantize/quantize-file.js";
import type { LocalGate } from "../license/local-policy.js";
import type { World } from "../world.js";
import { blamePatterns, checkPatterns } from "./check-patterns.js";
import { checkQuantize, coverageOf } from "./check-quantize.js";
import { ggufTarget, resultPath } from "./gguf-target.js";
import { imatrixPath } from "./imatrix-path.js";
import { type QuantizeSource, quantizeSource } from "./quantize-source.js";
import { type FitWish, toFit } from "./quantize-to-fit.js";
import { quantizerLibrary } from "./quantizer-library.js";
import { roomFor } from "./room-for.js";

export interface QuantizeRequest {
  readonly ref: ModelRef;
  /** A type, or what has to fit. */
  readonly to: FileType | FitWish;
  /** As it was written; a file without one gets its result nowhere. */
  readonly output?: string;
  readonly imatrix?: string;
  readonly tensorTypes: QuantizeCall["tensorTypes"];
  readonly outputType?: number;
  readonly embeddingType?: number;
  readonly leaveOutput: boolean;
  readonly allowRequantize: boolean;
  readonly pure: boolean;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly threads?: number;
  /** The same command without `-o` and --force, for advice. */
  readonly command: string;
  readonly gate: LocalGate;
}

export interface Quantized {
  readonly ref: string;
  readonly source: { readonly quant: string; readonly size: Bytes; readonly path: string };
  readonly quant: string;
  /** Where it is, or would be; null for a dry run that was told no place. */
  readonly path: string | null;
  /** Exact, in a dry run too. */
  readonly size: Bytes;
  readonly bitsPerWeight: number;
  /** What its tensors are, the largest part first. */
  readonly tensors: readonly { readonly type: string; readonly count: number; readonly bytes: Bytes }[];
  /** So many got another type than they should have, for their rows are no whole number of its blocks. */
  readonly fallbacks: number;
  readonly imatrix: string | null;
  /** Of the tensors that gain by it, those that it knows. */
  readonly imatrixTensors: { readonly known: number; readonly of: number } | null;
  /** Why this type, where it was chosen. */
  readonly reasons: readonly string[];
  readonly dryRun: boolean;
}

export type QuantizeEvent = ({ readonly type: "planned" } & Quantized) | QuantizeProgress;

/** Rows of one tensor that are held at once: slower only where it is less than a few megabytes. */
const BUFFER_BYTES: Bytes = 512 * 2 ** 20;
const ALIGNMENT = 32;

/**
 * @throws OslmError not-stored, file-not-found, malformed-gguf, load-failed, no-quantizer, bad-imatrix, needs-imatrix, already-quantized,
 * does-not-fit, usage where the result would overwrite something, disk-full, license-denied, license-not-accepted
 */
export async function* quantize(world: World, request: QuantizeRequest): AsyncGenerator<QuantizeEvent, Quantized> {
  const { to, dryRun, force } = request;
  const { llama: library } = quantizerLibrary();
  const imatrix = await imatrixPath(world, request.imatrix);
  const source = await quantizeSource(world, request.ref, request.gate);
  const place = "label" in to ? await targetOf(world, request, source, to, imatrix) : null;
  const asking = { signal: world.signal };
  const job = { library, ...(imatrix && { imatrix }) };
  const known = imatrix === undefined ? undefined : await namesIn(imatrix, source);
  checkPatterns(request, source);
  const plansOf = async (types: readonly FileType[]): Promise<QuantizePlan[]> => {
    const calls = types.map((type) => callOf(request, source, type));
    const plans = (some: readonly QuantizeCall[]) => planQuantize(source, { ...job, calls: some }, asking);
    return plans(calls).catch((error: unknown) => blamePatterns(error, request, calls, plans));
  };
  const { type, plan, reasons } =
    "label" in to
      ? { type: to, plan: firstOf(await plansOf([to]), to, request), reasons: [] }
      : await toFit(world, { source, wish: to, imatrix: imatrix !== undefined, plansOf });
  checkQuantize(source, plan, { ...request, command: commandOf(request), type, known: known ?? new Set() });
  const target = place ?? (await targetOf(world, request, source, type, imatrix));
  const result: Quantized = {
    ref: source.model.ref,
    source: { quant: source.quant, size: source.size, path: source.model.paths[0] },
    ...{ quant: type.label, path: target, size: plan.result.fileSize, reasons, dryRun },
    bitsPerWeight: bitsOf(plan, source),
    tensors: tensorsOf(plan),
    fallbacks: plan.fallbacks,
    imatrix: imatrix ?? null,
    imatrixTensors: known === undefined ? null : coverageOf(plan, known),
  };
  yield { type: "planned", ...result };
  if (dryRun || target === null) return result;
  await roomFor(target, result.size);
  yield* quantizeFile(plan, { ...job, target, force }, asking);
  return result;
}

/** The tensors that an importance matrix knows. @throws OslmError bad-imatrix, also for one of another model */
async function namesIn(path: string, { headers }: QuantizeSource): Promise<ReadonlySet<string>> {
  const matrix = await openImatrix(path);
  checkImatrix(
    matrix,
    headers.flatMap(({ tensors }) => tensors),
  );
  return new Set(matrix.entries.map(({ name }) => name));
}

function callOf(request: QuantizeRequest, { model, headers, terms }: QuantizeSource, { id }: FileType): QuantizeCall {
  const { outputType, embeddingType, leaveOutput, allowRequantize, pure, tensorTypes, threads } = request;
  return {
    ...{ input: model.paths[0], output: "", fileType: id, threads: threads ?? availableParallelism() },
    ...{ leaveOutput, allowRequantize, pure, tensorTypes, metadata: terms, dryRun: false, bufferBytes: BUFFER_BYTES },
    ...(outputType !== undefined && { outputType }),
    ...(embeddingType !== undefined && { embeddingType }),
    realign: headers[0].alignment !== ALIGNMENT,
  };
}

/** With its place. */
function commandOf({ command, output }: QuantizeRequest): string {
  return output === undefined ? command : `${command} -o ${quoted(output)}`;
}

function firstOf([plan]: readonly QuantizePlan[], type: FileType, { command }: QuantizeRequest): QuantizePlan {
  if (plan === undefined) throw new RangeError(`no plan for ${type.label}: ${command}`);
  return plan;
}

/** Null where nothing is to be written. @throws OslmError usage */
async function targetOf(
  world: World,
  { output, dryRun, force, command }: QuantizeRequest,
  { model }: QuantizeSource,
  { label }: FileType,
  imatrix: string | undefined,
): Promise<string | null> {
  if (output === undefined && model.stored === null) {
    if (dryRun) return null;
    throw new OslmError("usage", {
      problem: "where shall the result go?",
      detail: "Beside a file of yours nothing is written unasked; of a stored model it goes into this folder.",
      help: `${command} -o ${nameOf(model.paths[0], label)}`,
    });
  }
  const own = nameOf(model.paths[0], label);
  if (dryRun) return resultPath(world, { output, own });
  return ggufTarget(world, { output, own, force, command, reads: [...model.paths, ...(imatrix ? [imatrix] : [])] });
}

/** `Qwen2-0.5B-F16.gguf` becomes `Qwen2-0.5B-Q4_K_M.gguf`. */
export function nameOf(path: string, label: string): string {
  const base = basename(path).replace(/(-\d{5}-of-\d{5})?\.gguf$/i, "");
  const bare = base.replace(/[-._](?:b?f(?:p)?(?:16|32)|I?T?Q\d_\w+)$/i, "");
  return `${bare}-${label}.gguf`;
}

function bitsOf({ result }: QuantizePlan, { subject }: QuantizeSource): number {
  const bytes = result.tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
  return Math.round(((bytes * 8) / Math.max(1, subject.parameters)) * 100) / 100;
}

function tensorsOf({ result }: QuantizePlan): Quantized["tensors"] {
  const types = [...new Set(result.tensors.map(({ type }) => type))];
  return types
    .map((type) => {
      const own = result.tensors.filter((tensor) => tensor.type === type);
      return { type, count: own.length, bytes: own.reduce((sum, { bytes }) => sum + bytes, 0) };
    })
    .sort((a, b) => b.bytes - a.bytes);
}
