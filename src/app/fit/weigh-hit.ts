// What a model of the Hub's list would take here, from the names of its files and what the Hub has read of one of them. No file is
// looked at: sizes follow from the quantizations' bits, memory from the usual shape of so many parameters.
import { chooseVariant } from "../../fit/choose.js";
import { outline } from "../../fit/outline.js";
import { isLoadable } from "../../gguf/architectures.js";
import { groupVariants } from "../../gguf/variants.js";
import type { ReadWeights } from "../../hub/decode-weights.js";
import { bitsPerWeight } from "../../model/quant.js";
import type { Bytes, GgufVariant, Host, Tokens } from "../../model/types.js";

/** The part of a search's JSON that tells of size and memory; null where the Hub's list does not tell enough. */
export interface HitWeight {
  readonly parameters: number | null;
  readonly architecture: string | null;
  readonly contextLength: Tokens | null;
  /** The quantization that would be taken; of a model that does not fit, the smallest. */
  readonly quant: string | null;
  /** Of that quantization. */
  readonly size: Bytes | null;
  /** By the bits of its type; false where the Hub gives the size of the only file. */
  readonly sizeIsEstimate: boolean;
  /** By the usual shape of such a model: `oslm fit` weighs the real one. */
  readonly fits: boolean | null;
}

/** Where the Hub does not say with how long a context a model was trained. */
const USUAL_CONTEXT: Tokens = 8192;

/** @param maxSize of the quantization that is taken; what has none so small gets null for its size */
export function weighHit(repo: string, weights: ReadWeights, host: Host, maxSize?: Bytes): HitWeight {
  const { parameters, architecture, context } = weights;
  const facts = { parameters, architecture, contextLength: context };
  const { variants, isExact } = variantsOf(repo, weights);
  const small = variants.filter(({ size }) => maxSize === undefined || size <= maxSize);
  const [smallest] = small;
  if (smallest === undefined) return { ...facts, quant: null, size: null, sizeIsEstimate: true, fits: null };
  const told = ({ quant, size }: GgufVariant) => ({ ...facts, quant, size, sizeIsEstimate: !isExact });
  if (architecture !== null && !isLoadable(architecture)) return { ...told(smallest), fits: false };
  if (parameters === null) return { ...told(smallest), fits: null };
  const geometry = outline({
    ...{ params: parameters, context: context ?? USUAL_CONTEXT },
    ...(architecture !== null && { architecture }),
  });
  const choice = chooseVariant(
    small.map((variant) => ({ variant, geometry })),
    host,
  );
  return choice.kind === "chosen"
    ? { ...told(choice.variant), fits: true }
    : { ...told(choice.kind === "nothing-fits" ? choice.smallest.variant : smallest), fits: false };
}

/** The smallest first. */
function variantsOf(
  repo: string,
  { parameters, fileSize, ggufFiles }: ReadWeights,
): { readonly variants: readonly GgufVariant[]; readonly isExact: boolean } {
  const nameless = ggufFiles.map((path) => ({ path, size: 0, gitOid: "" }));
  const { variants } = groupVariants(nameless, repo);
  const [only] = variants;
  if (only !== undefined && ggufFiles.length === 1 && fileSize !== null) {
    return { variants: [withSize(only, fileSize)], isExact: true };
  }
  const sized = variants.flatMap((variant) => {
    const bits = bitsPerWeight(variant.quant);
    return bits === undefined || parameters === null ? [] : [withSize(variant, Math.round((parameters * bits) / 8))];
  });
  return { variants: sized.sort((a, b) => a.size - b.size), isExact: false };
}

/** What counts is the size of all; the files are never opened. */
function withSize(variant: GgufVariant, size: Bytes): GgufVariant {
  return { ...variant, size };
}
