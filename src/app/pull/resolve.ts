// From a reference to a repository at one commit. A branch becomes a commit here, and only here.
import { resolveCatalog } from "../../catalog/catalog.js";
import { isOslmError, OslmError } from "../../errors.js";
import { inPreference } from "../../gguf/projector-files.js";
import { groupVariants } from "../../gguf/variants.js";
import { formatRef, type ModelRef } from "../../model/ref.js";
import {
  type GgufVariant,
  isRepoId,
  type LeftOut,
  type RepoFile,
  type RepoId,
  type RepoSnapshot,
  type StoredModel,
} from "../../model/types.js";
import { expectationByName, expectationOn } from "../license/expectation-on.js";
import type { World } from "../world.js";

/** References that name something on the Hub. */
export type RemoteRef = Extract<ModelRef, { kind: "catalog" | "hub" }>;

export interface Resolved {
  /** The reference in canonical form, without the quantization. */
  readonly name: string;
  readonly snapshot: RepoSnapshot;
  /** The quantizations that the reference allows: all, or those of the file it names. */
  readonly variants: readonly GgufVariant[];
  /** GGUF files of the repository that are none of them; none where the reference names one file. */
  readonly leftOut: readonly LeftOut[];
  /** Vision projectors of the repository, the one to take first. */
  readonly projectors: readonly RepoFile[];
  /** The quantization that the reference asks for. */
  readonly quant: string | undefined;
  /** License id that the catalog expects. */
  readonly expectedLicense: string | undefined;
  /** Who gave the name, where it is not oslm's own. */
  readonly givenBy?: string | undefined;
}

export type ResolvedRepo = Omit<Resolved, "variants" | "leftOut" | "projectors" | "quant">;

/** @throws OslmError unknown-model, repo-not-found, file-not-in-repo, no-gguf, and what Hub.snapshot throws */
export async function resolve(world: World, ref: RemoteRef): Promise<Resolved> {
  return withVariants(ref, await resolveRepo(world, ref));
}

/** A repository with what the reference allows of it. @throws OslmError file-not-in-repo, no-gguf, unsafe-name */
export function withVariants(ref: RemoteRef, resolved: ResolvedRepo): Resolved {
  return { ...resolved, ...variantsOf(ref, resolved.snapshot), quant: ref.quant };
}

/**
 * The same for a repository that need not have any GGUF file.
 * @param stored the model that the reference means: its repository and commit, not the newest
 */
export async function resolveRepo(
  world: World,
  ref: RemoteRef,
  stored?: Pick<StoredModel, "repo" | "commit">,
): Promise<ResolvedRepo> {
  const { quant: _, ...withoutQuant } = ref;
  const name = formatRef(withoutQuant);
  if (stored?.repo && stored.commit && isRepoId(stored.repo)) {
    const snapshot = await firstSnapshot(world, [stored.repo], stored.commit);
    return { name, snapshot, expectedLicense: expectationOn(stored.repo, expectationOf(ref)) };
  }
  const { repos, revision, expectedLicense, givenBy } = target(ref);
  return { name, snapshot: await firstSnapshot(world, repos, revision), expectedLicense, givenBy };
}

/** A name that somebody has given to a stored model stands in no catalog. */
function expectationOf(ref: RemoteRef): string | undefined {
  try {
    return target(ref).expectedLicense;
  } catch (error) {
    if (isOslmError(error, "unknown-model") || isOslmError(error, "unknown-size")) return undefined;
    throw error;
  }
}

/** Where a reference leads: repositories in order of preference, and what the catalog expects of their license. */
export function target(ref: RemoteRef) {
  if (ref.kind === "hub") {
    const expectedLicense = expectationOn(ref.repo);
    return { repos: [ref.repo], revision: ref.revision, expectedLicense, givenBy: undefined };
  }
  const resolved = resolveCatalog(ref);
  const { repos, overlay } = resolved;
  return { repos, revision: undefined, expectedLicense: expectationByName(resolved), givenBy: overlay?.given };
}

/** Publishers take repositories down: the catalog names several, in order of preference. */
async function firstSnapshot(
  world: World,
  repos: readonly RepoId[],
  revision: string | undefined,
): Promise<RepoSnapshot> {
  const hub = await world.hub();
  let missing: unknown;
  for (const repo of repos) {
    try {
      return await hub.snapshot(repo, revision, world.signal);
    } catch (error) {
      if (!isOslmError(error, "repo-not-found")) throw error;
      missing ??= error;
    }
  }
  throw missing;
}

function variantsOf(ref: RemoteRef, snapshot: RepoSnapshot): Pick<Resolved, "variants" | "leftOut" | "projectors"> {
  const { variants, leftOut, projectors: all } = groupVariants(snapshot.files, snapshot.repo);
  const projectors = inPreference(all, process.arch);
  if (ref.kind === "hub" && ref.path !== undefined) {
    const { path } = ref;
    refuseUnsafe(snapshot, (name) => name === path);
    const gguf = snapshot.files.map((file) => file.path).filter((name) => /\.gguf$/i.test(name));
    return { variants: [variantWith(path, snapshot, gguf)], leftOut: [], projectors };
  }
  if (variants.length > 0) return { variants, leftOut: [...leftOut, ...unsafeOf(snapshot)], projectors };
  refuseUnsafe(snapshot, (path) => /\.gguf$/i.test(path));
  throw new OslmError("no-gguf", {
    ...{ repo: snapshot.repo, formats: formatsOf(snapshot) },
    isAdapter: snapshot.files.some(({ path }) => path === "adapter_config.json"),
  });
}

function unsafeOf({ refused = new Map() }: RepoSnapshot): LeftOut[] {
  return [...refused].flatMap(([file, reason]) => (/\.gguf$/i.test(file) ? [{ file, why: `its name ${reason}` }] : []));
}

/** Unsafe names matter where their file is wanted. @throws OslmError unsafe-name */
function refuseUnsafe({ refused }: RepoSnapshot, isWanted: (path: string) => boolean): void {
  for (const [name, reason] of refused ?? []) {
    if (isWanted(name)) throw new OslmError("unsafe-name", { name, reason });
  }
}

/** The named file, with its other shards where it is one of several. */
function variantWith(path: string, snapshot: RepoSnapshot, available: readonly string[]): GgufVariant {
  const file = snapshot.files.find((candidate) => candidate.path === path);
  if (file === undefined) throw new OslmError("file-not-in-repo", { repo: snapshot.repo, path, files: available });
  const { variants } = groupVariants(snapshot.files, snapshot.repo);
  const whole = variants.find((variant) => variant.files.some((part) => part.path === path));
  if (whole) return whole;
  // Another model of the same repository: alone, or a set of its own.
  return groupVariants([file], path).variants[0] ?? { quant: "unknown", files: [file], size: file.size };
}

const FORMATS: readonly (readonly [RegExp, string])[] = [
  [/\.safetensors$/, "SafeTensors weights"],
  [/\.(bin|pt|pth)$/, "PyTorch checkpoints"],
  [/\.gguf$/i, "parts of GGUF models"],
  [/\.onnx$/, "ONNX models"],
];

function formatsOf({ files }: RepoSnapshot): string[] {
  return FORMATS.filter(([pattern]) => files.some((file) => pattern.test(file.path))).map(([, name]) => name);
}
