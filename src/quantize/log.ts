// What llama.cpp's quantizer tells while it works, as lines of text (src/llama-quant.cpp).

/** A tensor, as it was and as it becomes; `to` only where a dry run says it. */
export interface TensorLine {
  readonly index: number;
  readonly total: number;
  readonly name: string;
  /** As in gguf/tensor-types.ts. */
  readonly from: string;
  readonly to: string;
}

const TENSOR = /^\[ *(\d+)\/ *(\d+)\] (.*?) +- \[[\d, ]+\], type = +(\w+), (?:size = .* MiB(?: \((\w+)\))?$)?/;
const FAILED = /failed to quantize: (.*)/;
const FALLBACKS = /WARNING: (\d+) of \d+ tensor\(s\) required fallback/;

export class QuantizeLog {
  #rest = "";
  /** Why it failed, where it said so. */
  reason: string | undefined;
  /** Tensors whose rows are no whole number of the type's blocks: they got another type. */
  fallbacks = 0;

  /** The tensors whose lines this piece of text ends. */
  add(text: string): TensorLine[] {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => {
      // It may stand in the line of the tensor that was begun.
      const reason = FAILED.exec(line)?.[1];
      this.reason = reason ?? this.reason;
      this.fallbacks = Number(FALLBACKS.exec(line)?.[1] ?? this.fallbacks);
      const [, index, total, name, from, to] = TENSOR.exec(line) ?? [];
      if (name === undefined || from === undefined || reason !== undefined) return [];
      const type = from.toUpperCase();
      return [{ index: Number(index), total: Number(total), name, from: type, to: to?.toUpperCase() ?? type }];
    });
  }
}
