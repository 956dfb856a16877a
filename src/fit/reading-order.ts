// Which header of a repository to read first: the one that says most about the choice to come is that of its pick.
import { bitsPerWeight } from "../model/quant.js";
import type { GgufVariant, Host } from "../model/types.js";
import { type ChoiceWishes, chooseVariant } from "./choose.js";
import { outline } from "./outline.js";
import { DEFAULT_CTX } from "./plan-load.js";

/**
 * The variants with the likely pick first: that of a model of the usual shape with as many parameters, which the sizes tell. Wrong where
 * the shape is far from usual, as that of a mixture of experts; then the pick's header is read besides.
 */
export function inReadingOrder(
  variants: readonly GgufVariant[],
  host: Host,
  wishes: ChoiceWishes,
): readonly GgufVariant[] {
  const [labelled] = variants.filter(({ quant }) => bitsPerWeight(quant) !== undefined);
  if (labelled === undefined || variants.length < 2) return variants;
  const params = Math.round((labelled.size * 8) / (bitsPerWeight(labelled.quant) ?? 16));
  const geometry = outline({ params, context: wishes.ctx ?? DEFAULT_CTX });
  const choice = chooseVariant(
    variants.map((variant) => ({ variant, geometry })),
    host,
    wishes,
  );
  if (choice.kind !== "chosen") return variants;
  return [choice.variant, ...variants.filter((variant) => variant !== choice.variant)];
}
