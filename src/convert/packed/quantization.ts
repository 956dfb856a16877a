// What a checkpoint says of how its weights are packed, in config.json or in a file of its own.
import { OslmError } from "../../errors.js";
import { isObject, type JsonObject } from "../read-json.js";

/** How weights are packed. */
export type Quantization =
  | {
      readonly method: "gptq";
      readonly zeroOffset: 0 | 1;
      readonly reordered: boolean;
      readonly groupSize: number | undefined;
    }
  | { readonly method: "awq" }
  /** 8 bits with scales; `block` has the rows and columns that share one. */
  | { readonly method: "scaled"; readonly block: readonly [number, number] | undefined }
  | { readonly method: "compressed"; readonly bits: number }
  | { readonly method: "mxfp4" };

const KNOWN = ["GPTQ", "AWQ (GEMM)", "FP8", "MXFP4", "compressed-tensors (pack-, int- and float-quantized)"];

function unsupported(what: string): never {
  throw new OslmError("unsupported-checkpoint", { what: `weights packed by ${what}`, known: KNOWN });
}

const shown = (value: unknown): string =>
  String(typeof value === "string" ? value : JSON.stringify(value)).slice(0, 80);

/**
 * Of a `quantization_config`, or of `quantize_config.json` (GPTQ) and `quant_config.json` (AWQ), which name no method.
 * @throws OslmError unsupported-checkpoint, naming what is not known
 */
export function readQuantization(config: JsonObject): Quantization {
  const method = config.quant_method ?? ("w_bit" in config ? "awq" : "bits" in config ? "gptq" : undefined);
  switch (method) {
    case "gptq":
      return readGptq(config);
    case "awq":
      return readAwq(config);
    case "fp8":
    case "fbgemm_fp8":
      return { method: "scaled", block: blockOf(config.weight_block_size) };
    case "mxfp4":
      return { method: "mxfp4" };
    case "compressed-tensors":
      return readCompressed(config);
    default:
      return unsupported(shown(method ?? "a method that it does not name"));
  }
}

function readGptq(config: JsonObject): Quantization {
  const format = config.checkpoint_format ?? "gptq";
  if (config.is_marlin_format === true) return unsupported("GPTQ in the layout of Marlin");
  if (format !== "gptq" && format !== "gptq_v2") return unsupported(`GPTQ in the format ${shown(format)}`);
  const size = config.group_size;
  const grouped = typeof size === "number" && Number.isSafeInteger(size) && size > 0;
  return {
    method: "gptq",
    zeroOffset: format === "gptq" ? 1 : 0,
    reordered: config.desc_act === true,
    groupSize: grouped ? size : undefined,
  };
}

function readAwq(config: JsonObject): Quantization {
  const version = String(config.version ?? "gemm").toLowerCase();
  if (version !== "gemm") return unsupported(`AWQ in the layout ${shown(version)}`);
  const bits = config.bits ?? config.w_bit ?? 4;
  return bits === 4 ? { method: "awq" } : unsupported(`AWQ with ${shown(bits)} bits`);
}

function readCompressed(config: JsonObject): Quantization {
  const groups = isObject(config.config_groups) ? Object.values(config.config_groups) : [];
  const [group] = groups;
  const weights = isObject(group) && isObject(group.weights) ? group.weights : {};
  const format = shown(config.format ?? (isObject(group) ? group.format : undefined));
  if (groups.length > 1) return unsupported(`compressed-tensors in ${groups.length} ways at once`);
  if (config.sparsity_config !== undefined && isObject(config.sparsity_config)) {
    const sparsity = config.sparsity_config.format ?? "dense";
    if (sparsity !== "dense") return unsupported(`compressed-tensors with the sparsity ${shown(sparsity)}`);
  }
  if (format === "pack-quantized") {
    const bits = weights.num_bits;
    return bits === 2 || bits === 4 || bits === 8
      ? { method: "compressed", bits }
      : unsupported(`compressed-tensors with ${shown(bits)} bits`);
  }
  if (format === "int-quantized" || format === "float-quantized" || format === "naive-quantized") {
    return { method: "scaled", block: blockOf(weights.block_structure) };
  }
  return unsupported(`compressed-tensors in the format ${format}`);
}

function blockOf(value: unknown): readonly [number, number] | undefined {
  if (value === undefined || value === null) return undefined;
  const [rows, columns] = Array.isArray(value) ? value : [];
  const usable = [rows, columns].every((size) => Number.isSafeInteger(size) && size > 0);
  return usable ? [rows, columns] : unsupported(`FP8 in blocks of ${shown(value)}`);
}
