// The GGUF files of a repository, sorted into what can be run and what belongs to it.
import type { GgufVariant, LeftOut, RepoFile } from "../model/types.js";
import { type FileNameParts, fileKind, isRemoved, parseFileName, plainName } from "./file-name.js";

export interface VariantGroups {
  /** Of one model, smallest first; every quantization once. */
  readonly variants: readonly GgufVariant[];
  /** Vision projectors (mmproj), smallest first. */
  readonly projectors: readonly RepoFile[];
  /** Everything else: other formats, draft models, adapters, sets of shards with gaps, further models in the same repository. */
  readonly others: readonly RepoFile[];
  /** The GGUF files among these others. */
  readonly leftOut: readonly LeftOut[];
}

/** A file and its number among the shards, from 1. */
interface Part {
  readonly file: RepoFile;
  readonly index: number;
}

interface Group {
  readonly model: string;
  readonly variant: GgufVariant;
}

/** `repoName` (`org/name` or `name`) decides which model is meant where a repository holds several. */
export function groupVariants(files: readonly RepoFile[], repoName: string): VariantGroups {
  const name = repoName.slice(repoName.lastIndexOf("/") + 1);
  const sets = new Map<string, { parts: FileNameParts; files: Part[] }>();
  for (const file of files) {
    if (fileKind(file.path, name) !== "model") continue;
    const parts = parseFileName(file.path);
    const folder = file.path.slice(0, file.path.lastIndexOf("/") + 1);
    // A file that stands alone is a set of its own, even when another has the same model and label.
    const key = [folder, parts.model, parts.quant, parts.shard?.count ?? `alone ${file.path}`].join("\n");
    const set = sets.get(key) ?? { parts, files: [] };
    set.files.push({ file, index: parts.shard?.index ?? 1 });
    sets.set(key, set);
  }
  const groups = [...sets.values()].flatMap(({ parts, files: set }): Group[] => {
    const complete = completeSet(set, parts.shard?.count ?? 1);
    if (complete === null) return [];
    const size = complete.reduce((total, file) => total + file.size, 0);
    return [{ model: parts.model, variant: { quant: parts.quant, files: complete, size } }];
  });
  const meant = meantModel(groups, name);
  const variants = onePerQuant(groups.filter(({ model }) => model === meant).map(({ variant }) => variant));
  const projectors = files.filter(({ path }) => fileKind(path, name) === "projector").sort(bySize);
  const taken = new Set([...variants.flatMap((variant) => variant.files), ...projectors]);
  const others = files.filter((file) => !taken.has(file));
  const whole = new Map(groups.flatMap(({ model, variant }) => variant.files.map((file) => [file, model] as const)));
  const leftOut = others.flatMap((file): LeftOut[] => {
    if (!/\.gguf$/i.test(file.path)) return [];
    return [{ file: file.path, why: whyLeftOut(file.path, name, { model: whole.get(file), meant }) }];
  });
  return { variants, projectors, others, leftOut };
}

interface Place {
  /** Of the complete set that the file belongs to. */
  readonly model: string | undefined;
  readonly meant: string | undefined;
}

function whyLeftOut(path: string, repoName: string, { model, meant }: Place): string {
  if (isRemoved(path)) return "of a type that llama.cpp no longer reads";
  if (fileKind(path, repoName) === "other") return "by its name an adapter, a draft model or the like";
  if (model === undefined) return "one of several parts, which are not all here";
  return model === meant ? "a second file of the same quantization" : "another model";
}

const bySize = (a: { size: number }, b: { size: number }) => a.size - b.size;

/** The files in order, or null when a shard is missing or stands there twice. */
function completeSet(set: readonly Part[], count: number): [RepoFile, ...RepoFile[]] | null {
  const ordered = [...set].sort((a, b) => a.index - b.index);
  const [first, ...rest] = ordered.map(({ file }) => file);
  if (first === undefined) return null;
  return ordered.length === count && ordered.every(({ index }, place) => index === place + 1) ? [first, ...rest] : null;
}

/** The model named like the repository, else the one that begins most like it, else the one with most quantizations. */
function meantModel(groups: readonly Group[], repoName: string): string | undefined {
  const repo = plainName(repoName).replace(/(i1)?gguf$/, "");
  const likeness = (model: string) => {
    let length = 0;
    while (length < repo.length && repo[length] === model[length]) length++;
    return model === repo ? Number.POSITIVE_INFINITY : length;
  };
  const count = (model: string) => groups.filter((group) => group.model === model).length;
  const models = [...new Set(groups.map(({ model }) => model))];
  return models.sort(
    (a, b) => likeness(b) - likeness(a) || count(b) - count(a) || a.length - b.length || a.localeCompare(b),
  )[0];
}

/** Of two with the same label the one in fewer files stays, then the smaller: which is which, the name does not tell. */
function onePerQuant(variants: readonly GgufVariant[]): GgufVariant[] {
  const kept = new Map<string, GgufVariant>();
  for (const variant of [...variants].sort((a, b) => a.files.length - b.files.length || bySize(a, b))) {
    const key = variant.quant === "unknown" ? variant.files[0].path : variant.quant;
    if (!kept.has(key)) kept.set(key, variant);
  }
  return [...kept.values()].sort(bySize);
}
