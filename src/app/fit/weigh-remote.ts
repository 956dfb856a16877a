// Size and memory of a repository's quantizations, from its listing and a few facts: no file is looked at, so what is said of memory is an
// estimate.
import { type CatalogSize, listCatalog } from "../../catalog/catalog.js";
import { isOslmError, OslmError } from "../../errors.js";
import { chooseVariant } from "../../fit/choose.js";
import { outline } from "../../fit/outline.js";
import { weigh } from "../../fit/weigh.js";
import type { Geometry } from "../../gguf/geometry.js";
import type { RepoFacts } from "../../hub/repo-facts.js";
import { bitsPerWeight } from "../../model/quant.js";
import type { Bytes, Estimate, GgufVariant, Host, RepoSnapshot, Tokens } from "../../model/types.js";
import { isCheckpoint } from "../convert/is-checkpoint.js";
import { strangeness } from "../pull/check-architecture.js";
import { type RemoteRef, type Resolved, withVariants } from "../pull/resolve.js";
import { USUAL_QUANTS } from "./usual-candidates.js";

/** The JSON shape of a quantization in `show`. */
export interface ShownQuant {
  readonly quant: string;
  readonly size: Bytes;
  readonly files: readonly string[];
  /** By what follows from the facts below; `oslm fit` reads the file's header. */
  readonly fits: boolean | null;
  readonly memory: Bytes | null;
}

/** The part of `show` that tells of size and memory. */
export interface RemoteWeights {
  readonly architecture: string | null;
  /** Why the engine cannot load it; null where nothing is known against it. */
  readonly obstacle: string | null;
  readonly parameters: number | null;
  /** `file-size`: what the files' sizes and types come to. */
  readonly parametersFrom: "hub" | "catalog" | "file-size" | null;
  readonly ctxTrain: Tokens | null;
  /** The quantization that a pull would take; null when nothing fits, or the repository has none. */
  readonly quant: string | null;
  readonly size: Bytes | null;
  readonly quantizations: readonly ShownQuant[];
  /** Whether the repository has no GGUF files, and its checkpoint would be converted here. */
  readonly isCheckpoint: boolean;
  /** Whether quantizations' sizes are by the bits of their types. */
  readonly sizesAreEstimates: boolean;
  readonly estimate: Estimate | null;
  readonly fits: boolean | null;
  /** Of the layers and their cache. */
  readonly geometry: "catalog" | "guessed" | null;
}

/** Where the Hub does not say with how long a context a model was trained. */
const USUAL_CONTEXT: Tokens = 8192;

/** @throws OslmError file-not-in-repo, no-gguf, quant-not-found */
export function weighRemote(ref: RemoteRef, facts: RepoFacts, host: Host): RemoteWeights {
  const { variants, quant, ...shape } = shapeOf(ref, facts);
  const { geometry, told } = shape;
  const asked = variants.filter((one) => quant === undefined || one.quant === quant);
  if (variants.length > 0 && asked.length === 0) {
    const available = variants.map((one) => one.quant);
    throw new OslmError("quant-not-found", { repo: facts.snapshot.repo, quant: quant ?? "", available, verb: "show" });
  }
  if (geometry === null || told.obstacle !== null || asked.length === 0) {
    const fits = told.obstacle === null ? null : false;
    const bare = asked.map(({ quant: label, size, files }) => ({
      ...{ quant: label, size, files: files.map(({ path }) => path) },
      ...{ fits, memory: null },
    }));
    return { ...told, quant: null, size: null, quantizations: bare, estimate: null, fits };
  }
  const quantizations = asked.map((variant) => {
    const { fits, estimate } = weigh({ variant, geometry }, host, {});
    const files = told.isCheckpoint ? [] : variant.files.map(({ path }) => path);
    return { quant: variant.quant, size: variant.size, files, fits, memory: estimate.total };
  });
  const choice = chooseVariant(
    asked.map((variant) => ({ variant, geometry })),
    host,
  );
  if (choice.kind === "no-such-quant") throw new RangeError("there are quantizations");
  if (choice.kind === "nothing-fits") {
    return { ...told, quantizations, quant: null, size: null, estimate: choice.smallest.estimate, fits: false };
  }
  const { estimate, variant } = choice;
  return { ...told, quantizations, quant: choice.quant, size: variant.size, estimate, fits: true };
}

interface Shape {
  readonly told: Omit<RemoteWeights, "quant" | "size" | "quantizations" | "estimate" | "fits">;
  readonly geometry: Geometry | null;
  /** The smallest first. */
  readonly variants: readonly GgufVariant[];
  /** What the reference asks for. */
  readonly quant: string | undefined;
}

function shapeOf(ref: RemoteRef, { snapshot, hasSizes, weights }: RepoFacts): Shape {
  const known = knownSize(snapshot.repo);
  const checkpoint = isCheckpoint(ref, snapshot);
  const { variants: listed, quant } = checkpoint ? { variants: [], quant: ref.quant } : listedIn(ref, snapshot);
  const bySize = hasSizes ? parametersBy(listed) : null;
  const parameters = weights.parameters ?? known?.params ?? bySize;
  const architecture = weights.architecture;
  const ctxTrain = weights.context ?? known?.context ?? null;
  const geometry =
    parameters === null
      ? null
      : outline({
          ...{ params: parameters, context: ctxTrain ?? USUAL_CONTEXT },
          ...(architecture !== null && { architecture }),
          ...(known?.activeParams !== undefined && { activeParams: known.activeParams }),
          ...(known?.attention !== undefined && { attention: known.attention }),
        });
  const named = checkpoint ? USUAL_QUANTS.toReversed().map(nameless) : listed;
  const variants = checkpoint || !hasSizes ? named.flatMap((one) => withGuessedSize(one, parameters)) : named;

  return {
    told: {
      ...{ architecture, parameters, ctxTrain, isCheckpoint: checkpoint },
      obstacle: architecture === null ? null : strangeness({ architecture }),
      parametersFrom:
        parameters === null
          ? null
          : weights.parameters !== null
            ? "hub"
            : known !== undefined
              ? "catalog"
              : "file-size",
      geometry: geometry === null ? null : known?.attention !== undefined ? "catalog" : "guessed",
      sizesAreEstimates: checkpoint || !hasSizes,
    },
    ...{ geometry, variants, quant },
  };
}

function nameless(quant: string): GgufVariant {
  return { quant, size: 0, files: [{ path: quant, size: 0, gitOid: "" }] };
}

/** A repository without anything that runs here is still one that can be described. */
function listedIn(ref: RemoteRef, snapshot: RepoSnapshot): Pick<Resolved, "variants" | "quant"> {
  try {
    return withVariants(ref, { name: "", snapshot, expectedLicense: undefined });
  } catch (error) {
    if (isOslmError(error, "no-gguf")) return { variants: [], quant: undefined };
    throw error;
  }
}

/** What the catalog knows of the model in a repository. */
function knownSize(repo: string): CatalogSize | undefined {
  const sizes = listCatalog().flatMap((family) => family.sizes);
  const same = (one: string) => one.toLowerCase() === repo.toLowerCase();
  return sizes.find(({ gguf, original }) => gguf.some(same) || same(original));
}

/** Of the largest whose type is known: there the tables that are kept at other types weigh least. */
function parametersBy(variants: readonly GgufVariant[]): number | null {
  const known = variants.flatMap(({ quant, size }) => {
    const bits = bitsPerWeight(quant);
    return bits === undefined || size === 0 ? [] : [Math.round((size * 8) / bits)];
  });
  return known.at(-1) ?? null;
}

function withGuessedSize(variant: GgufVariant, parameters: number | null): readonly GgufVariant[] {
  const bits = bitsPerWeight(variant.quant);
  return bits === undefined || parameters === null ? [] : [{ ...variant, size: Math.round((parameters * bits) / 8) }];
}
