// Smaller files of a model that does not fit, or a smaller size of its family: each is planned before it is named.
import { listCatalog, resolveCatalog } from "../../catalog/catalog.js";
import { isOslmError } from "../../errors.js";
import { guessedSubject } from "../../fit/guessed-subject.js";
import { type LoadWishes, planLoad } from "../../fit/plan-load.js";
import { groupVariants } from "../../gguf/variants.js";
import { formatRef, parseRef } from "../../model/ref.js";
import { type GgufVariant, type Host, isCommitSha, isRepoId, type RepoId } from "../../model/types.js";
import { type LocalModel, storedModel } from "../run/local-model.js";
import { type ReadModel, readModel } from "../run/read-model.js";
import type { World } from "../world.js";
import { usualCandidates } from "./usual-candidates.js";

/** A failure should not wait for a slow Hub. */
const LISTING_TIMEOUT_MS = 2000;

export interface Misfit {
  readonly model: LocalModel;
  readonly subject: ReadModel;
  readonly host: Host;
  readonly wishes: LoadWishes;
}

/** What to type for one variant of a repository. */
export function variantRef(repo: RepoId, { quant, files }: GgufVariant, revision?: string): string {
  const named = { kind: "hub", repo, ...(revision !== undefined && { revision }) } as const;
  return formatRef(quant === "unknown" ? { ...named, path: files[0].path } : { ...named, quant });
}

/** What to run instead of a model that is here: another quantization, then a smaller size. */
export async function smallerModels(world: World, misfit: Misfit): Promise<readonly string[]> {
  const { model, host, wishes } = misfit;
  const quant = (await smallerStored(world, misfit)) ?? (await smallerOnHub(world, misfit));
  const size = model.stored === null ? undefined : smallerSize(model.ref, host, wishes);
  return [quant, size].filter((ref) => ref !== undefined);
}

/** Another quantization of the same model that is here and fits. Its own header tells. */
async function smallerStored(world: World, { model, host, wishes }: Misfit): Promise<string | undefined> {
  const { stored } = model;
  if (stored === null || stored.repo === null) return undefined;
  const all = await (await world.store()).list();
  const others = all.filter(({ repo, size }) => repo === stored.repo && size < stored.size);
  for (const other of others.sort((a, b) => b.size - a.size)) {
    const read = await readModel(storedModel(other)).catch(() => undefined);
    if (read !== undefined && planLoad(read, host, wishes).fits) return other.name;
  }
  return undefined;
}

/** One that its repository offers. What goes wrong there is no part of this failure. */
async function smallerOnHub(world: World, misfit: Misfit): Promise<string | undefined> {
  const { host, wishes, subject } = misfit;
  const { geometry } = subject;
  const { repo, commit, size, files: own = [] } = misfit.model.stored ?? { repo: null, commit: null, size: 0 };
  if (world.offline || repo === null || commit === null || !isRepoId(repo) || !isCommitSha(commit)) return undefined;
  try {
    const signal = AbortSignal.any([world.signal, AbortSignal.timeout(LISTING_TIMEOUT_MS)]);
    const { files } = await (await world.hub()).snapshot(repo, commit, signal);
    const { variants } = groupVariants(files, repo);
    // Of a repository with several models, another one's files have another shape.
    if (!variants.some((variant) => variant.files[0].path === own[0]?.path)) return undefined;
    const best = [...variants]
      .sort((a, b) => b.size - a.size)
      .find((variant) => variant.size < size && planLoad(guessedSubject(geometry, variant, host), host, wishes).fits);
    return best && variantRef(repo, best);
  } catch {
    return undefined;
  }
}

/** The largest size of the same family that ought to fit, by the facts of the catalog; it is weighed properly when it is pulled. */
export function smallerSize(name: string, host: Host, wishes: LoadWishes): string | undefined {
  const asked = inCatalog(name);
  if (asked === undefined) return undefined;
  const sizes = listCatalog().find((family) => family.name === asked.family)?.sizes ?? [];
  const best = sizes
    .filter(({ params, gguf }) => params < asked.params && gguf.length > 0)
    .sort((a, b) => b.params - a.params)
    .find((size) => {
      const candidates = usualCandidates(size);
      const usual = candidates.find(({ variant }) => variant.quant === "Q4_K_M") ?? candidates[0];
      return usual && planLoad(guessedSubject(usual.geometry, usual.variant, host), host, wishes).fits;
    });
  return best && `${asked.family}:${best.size}`;
}

/** Names that somebody gave to a model stand in no catalog. */
function inCatalog(name: string) {
  try {
    const ref = parseRef(name);
    return ref.kind === "catalog" ? resolveCatalog(ref) : undefined;
  } catch (error) {
    if (isOslmError(error)) return undefined;
    throw error;
  }
}
