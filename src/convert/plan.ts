// Which tensors a file will have, of what type, and of what each is made; nothing is read yet.
import { OslmError } from "../errors.js";
import { MAX_DIMS, MAX_TENSOR_NAME_BYTES } from "../gguf/limits.js";
import { tensorBytes, tensorTypeNamed } from "../gguf/tensor-types.js";
import type { TensorToWrite } from "../gguf/write-header.js";
import type { Architecture, Rule } from "./architectures/architecture.js";
import type { Checkpoint } from "./checkpoint.js";
import type { Config } from "./config.js";
import type { Weights } from "./reshape.js";
import { isFloat } from "./stored-types.js";

export interface PlannedTensor extends TensorToWrite {
  readonly weights: Weights;
}

/** What a class of transformers puts before the names of its decoder. */
const PREFIXES = /^(model\.language_model\.|language_model\.model\.|language_model\.|model\.|transformer\.)/;

/**
 * @param type of matrices; vectors and what the engine computes with in full stay F32
 * @throws OslmError malformed-checkpoint for a tensor that is missing or has no fitting shape, unsupported-checkpoint for one that
 *   the architecture does not know: nothing is left out in silence
 */
export function planTensors(
  architecture: Architecture,
  config: Config,
  checkpoint: Checkpoint,
  type: string,
): readonly PlannedTensor[] {
  const named = namesOf(checkpoint);
  // transformers takes the input's matrix then, whatever else the files hold.
  if (config.flag("tie_word_embeddings")) named.delete("lm_head.weight");
  const used = new Set<string>();
  const planned: PlannedTensor[] = [];
  for (const rule of architecture.tensors(config)) {
    const weights = gather(rule, named, used);
    if (weights === undefined) continue;
    if (!isFloat(weights.type))
      throw malformed(`the tensor ${JSON.stringify(weights.name)} holds ${weights.type}, no weights`);
    const dims = [...weights.shape].reverse();
    if (
      dims.length === 0 ||
      dims.length > MAX_DIMS ||
      dims.some((dim) => dim < 1) ||
      rule.to.length > MAX_TENSOR_NAME_BYTES
    ) {
      throw malformed(`the tensor ${JSON.stringify(weights.name)} has the shape [${weights.shape.join(", ")}]`);
    }
    planned.push({ name: rule.to, type: typeFor(rule.to, dims, type), dims, weights });
  }
  for (const [short, { name }] of named) {
    if (used.has(short) || architecture.ignored?.(short, config)) continue;
    throw new OslmError("unsupported-checkpoint", {
      what: `the tensor ${JSON.stringify(name.slice(0, 200))}, which its architecture ${architecture.name} does not have`,
      known: [],
    });
  }
  return planned;
}

/** As architectures have it. */
export const shortName = (name: string): string => name.replace(PREFIXES, "");

function namesOf({ tensors }: Checkpoint): Map<string, Weights> {
  const named = new Map<string, Weights>();
  for (const [name, tensor] of tensors) {
    const short = shortName(name);
    const other = named.get(short);
    if (other)
      throw malformed(`the tensors ${JSON.stringify(other.name)} and ${JSON.stringify(name)} are the same one`);
    named.set(short, tensor);
  }
  return named;
}

function gather(rule: Rule, named: ReadonlyMap<string, Weights>, used: Set<string>): Weights | undefined {
  const missing = rule.from.find((name) => !named.has(name));
  const other = rule.or && missing !== undefined && rule.from.every((name) => !named.has(name));
  if (other && rule.or.from.some((name) => named.has(name))) return gather(rule.or, named, used);
  if (missing !== undefined && rule.optional && rule.from.every((name) => !named.has(name))) return undefined;
  if (missing !== undefined) throw malformed(`it has no tensor ${JSON.stringify(missing)}`);
  const tensors = rule.from.map((name) => {
    used.add(name);
    return named.get(name) as Weights;
  });
  return rule.make?.(...tensors) ?? (tensors[0] as Weights);
}

/** What llama.cpp adds, multiplies or looks up in full precision, whatever the type of the file. */
const IN_FULL =
  /_norm(_\d)?\.weight$|(^|\.)(ffn_gate_inp|ffn_gate_inp_shexp|position_embd|rope_freqs|rope_factors_\w+)\.weight$/;

/** Of a tensor in a file whose matrices are of that type. */
export function typeFor(name: string, dims: readonly number[], type: string): string {
  if (dims.slice(1).every((dim) => dim === 1) || !name.endsWith(".weight") || IN_FULL.test(name)) return "F32";
  // Rows that are no whole number of blocks: as llama.cpp's own converter has it.
  const known = tensorTypeNamed(type);
  if (known === undefined) throw new RangeError(`no tensor type is named ${type}`);
  return tensorBytes(known, dims.map(BigInt)) === undefined ? "F16" : type;
}

function malformed(reason: string): OslmError {
  return new OslmError("malformed-checkpoint", { file: "the checkpoint", reason });
}
