// A LoRA adapter, of whichever format, by the names and in the order of the engine's tensors.
import { OslmError } from "../../errors.js";
import type { Weights } from "../reshape.js";

export interface LoraPair {
  /** The tensor of the model that it is added to. */
  readonly target: string;
  /** [rank, inputs] */
  readonly a: Weights;
  /** [outputs, rank] */
  readonly b: Weights;
  /** Of the product B A. */
  readonly scale: number;
}

export interface Lora {
  /** For messages. */
  readonly file: string;
  /** `general.architecture` of its model. */
  readonly architecture: string;
  readonly pairs: readonly LoraPair[];
  close(): Promise<void>;
}

/** A model as an adapter is held against it. */
export interface LoraBase {
  readonly name: string;
  readonly architecture: string;
  /** Of each tensor, outermost dimension first. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** @throws OslmError wrong-adapter */
export function checkLora({ file, architecture, pairs }: Lora, base: LoraBase): void {
  const wrong = (reason: string) => new OslmError("wrong-adapter", { file, model: base.name, reason });
  if (architecture !== base.architecture) {
    throw wrong(`It was made for the architecture ${architecture}, the model has ${base.architecture}.`);
  }
  for (const { target, a, b } of pairs) {
    const shape = base.shapes.get(target);
    if (shape === undefined) throw wrong(`It changes ${target}, which the model does not have.`);
    const own = [b.shape[0], a.shape[1]];
    if (shape.join() === own.join()) continue;
    throw wrong(`Its matrices for ${target} make ${own.join(" x ")}, the model's is ${shape.join(" x ")}.`);
  }
}
