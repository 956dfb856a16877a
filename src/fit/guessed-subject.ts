// What is planned before the download, when only the size of the files is known.
import type { Geometry } from "../gguf/geometry.js";
import type { GgufVariant, Host } from "../model/types.js";
import type { PlanSubject } from "./plan-load.js";
import { guessWeights } from "./weights.js";

/** @param geometry of any variant of the same model @param host whose processor decides what the engine copies */
export function guessedSubject(
  geometry: Geometry,
  { size, quant }: Pick<GgufVariant, "size" | "quant">,
  { processor }: Pick<Host, "processor">,
): PlanSubject {
  return { geometry, weights: guessWeights(geometry, size, { quant, processor }) };
}
