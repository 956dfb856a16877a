// Short names for models: what `oslm pull qwen2` means. The table is catalog.json; its shape is proven by
// test/catalog/catalog.test.ts.
//
// Repositories stand in the order in which to try them: those seen in a public index before those known from memory; those
// with many quantizations before those with one, with labels of their own, or behind a gate; then the vendor's own,
// ggml-org, bartowski, unsloth, the rest. All hold the same model: a repository of its base or of a sibling is not listed.
import { createRequire } from "node:module";
import { isOslmError, OslmError } from "../errors.js";
import { type ModelRef, parseName } from "../model/ref.js";
import type { RepoId, Tokens } from "../model/types.js";
import { findSize } from "./find-size.js";
import { indexNames, type Named, type NameIndex, plain } from "./name-index.js";
import { suggestNames, versionsWith } from "./suggest-names.js";

type Confidence = "high" | "medium";

export interface CatalogFamily {
  /** What people type, without a size. */
  readonly name: string;
  readonly title: string;
  readonly vendor: string;
  readonly modality: "text" | "code" | "vision" | "embedding";
  readonly aliases: readonly string[];
  /** What the bare name gives: the size that Ollama's bare name gives, where Ollama has the model. */
  readonly defaultSize: string;
  readonly sizes: readonly CatalogSize[];
}

export interface CatalogSize {
  readonly size: string;
  /** Other words for this size, after the same colon. */
  readonly aliases?: readonly string[];
  /** Whole names for this size: `phi-2`. */
  readonly names?: readonly string[];
  readonly params: number;
  /** Of a mixture of experts: parameters that work on one token. */
  readonly activeParams?: number;
  /** The longest context of the released configuration. */
  readonly context: Tokens;
  /** llama.cpp's name for what it is built like, `general.architecture` of its GGUF files. Absent where it knows none: see `unsupported`. */
  readonly architecture?: string;
  /** `2024-07`. */
  readonly released?: string;
  /** What each layer caches; an overlay may not know. Layers with a sliding window are counted as if they saw everything. */
  readonly attention?: CatalogAttention;
  /** Empty when nobody known publishes GGUF files: then `original` has to be converted. */
  readonly gguf: readonly RepoId[];
  /** The vendor's own weights. */
  readonly original: RepoId;
  /** It goes on with a text and was not trained to answer. */
  readonly base?: boolean;
  /** Why it cannot be run, with the nearest that can: then nothing is pulled. */
  readonly unsupported?: Unsupported;
  /** What the model is really under, whatever a re-upload's card says. An id of the license table. */
  readonly license: { readonly id: string; readonly confidence: Confidence };
  /** Of name, parameters, context, release and attention. */
  readonly confidence: Confidence;
  /** Keys of `sources`, or a source in full. */
  readonly source: readonly string[];
}

export interface CatalogAttention {
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Layers that keep a cache, where that is not all of them. */
  readonly cacheLayers?: number;
  /** Keys and values are one compressed vector (MLA). */
  readonly latent?: boolean;
}

export interface Unsupported {
  /** Half a sentence: `llama.cpp has no block-sparse attention`. */
  readonly why: string;
  /** A name of the catalog. */
  readonly instead: string;
}

export interface CatalogHit {
  readonly family: CatalogFamily;
  readonly size: CatalogSize;
}

interface CatalogName {
  readonly name: string;
  readonly size?: string | undefined;
}

export interface ResolvedCatalog {
  readonly family: string;
  readonly size: string;
  readonly params: number;
  readonly context: Tokens;
  /** In the order in which to try them; never empty. */
  readonly repos: readonly RepoId[];
  readonly original: RepoId;
  readonly quant?: string;
  readonly expectedLicense: string;
  /** Who gave the entry, and what ours expect of the same model: then the stricter counts. */
  readonly overlay?: { readonly given: string; readonly shippedLicenses: readonly string[] };
}

/** Names that a configuration adds to ours. */
export interface Overlay {
  /** Who gave them: a path or an address, as people see it. */
  readonly given: string;
  readonly families: readonly CatalogFamily[];
}

let overlays: readonly Overlay[] = [];
let merged: NameIndex | undefined;
let own: NameIndex | undefined;
let expected: ReadonlyMap<string, ReadonlySet<string>> | undefined;

/** Puts the names of others over ours, the last of them first: once, as a command begins. */
export function useOverlays(given: readonly Overlay[]): void {
  overlays = [...given].reverse();
  merged = undefined;
  expected = undefined;
}

/** All families, those of others in front; one whose name another has is not among them. */
export function listCatalog(): readonly CatalogFamily[] {
  return index().families;
}

/** Who gave an entry; null for what came with oslm. */
export function givenBy(family: CatalogFamily): string | null {
  return overlays.find((overlay) => overlay.families.includes(family))?.given ?? null;
}

function shipped(): NameIndex {
  own ??= indexNames(createRequire(import.meta.url)("./catalog.json").families);
  return own;
}

function index(): NameIndex {
  if (overlays.length === 0) return shipped();
  merged ??= indexNames([...overlays.flatMap((overlay) => overlay.families), ...shipped().families]);
  return merged;
}

/**
 * What we expect of a model that another catalog gives: by the name that was typed, by any name that it goes by, or by a
 * repository that we know as well.
 */
function shippedLicenses({ family, size }: CatalogHit, typed: CatalogName): readonly string[] {
  const repos = (one: CatalogSize) => [...one.gguf, one.original].map((repo) => repo.toLowerCase());
  const wanted = new Set(repos(size));
  const sizes = [size.size, ...(size.aliases ?? []), ...(typed.size === undefined ? [] : [typed.size])];
  const called = [typed.name, family.name, ...family.aliases].flatMap((name) =>
    sizes.map((one) => ({ name, size: one })),
  );
  const whole = [typed.name, ...(size.names ?? [])].map((name) => ({ name }));
  const ours = [...called, ...whole].flatMap((one) => find(shipped(), one)?.size ?? []);
  const same = shipped()
    .families.flatMap((one) => one.sizes)
    .filter((one) => repos(one).some((id) => wanted.has(id)));
  return [...new Set([...ours, ...same].map(({ license }) => license.id))];
}

/** The licenses that all catalogs expect of the models of this repository; none for one that they do not name. */
export function licensesOf(repo: string): readonly string[] {
  expected ??= licensesByRepo([...shipped().families, ...index().families]);
  return [...(expected.get(repo.toLowerCase()) ?? [])];
}

/** By repositories in small letters: to the Hub case makes no difference. */
function licensesByRepo(families: readonly CatalogFamily[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { gguf, original, license } of families.flatMap((family) => family.sizes)) {
    for (const repo of [...gguf, original].map((one) => one.toLowerCase())) {
      found.set(repo, (found.get(repo) ?? new Set()).add(license.id));
    }
  }
  return found;
}

/** Whether `phi3:14b` or the like is a model once these families are over ours. */
export function isNameOf(families: readonly CatalogFamily[], text: string): boolean {
  const ref = parseName(text);
  return ref !== undefined && find(indexNames([...families, ...shipped().families]), ref) !== undefined;
}

function find(known: NameIndex, { name, size }: CatalogName): CatalogHit | undefined {
  try {
    return lookupIn(known, name, size);
  } catch (error) {
    if (isOslmError(error, "unknown-model") || isOslmError(error, "unknown-size")) return undefined;
    throw error;
  }
}

/** What a catalogue reference stands for. Throws `unknown-model` and `unknown-size`. */
export function resolveCatalog(ref: Extract<ModelRef, { kind: "catalog" }>): ResolvedCatalog {
  const { family, size } = lookup(ref.name, ref.size);
  const given = givenBy(family);
  return {
    family: family.name,
    size: size.size,
    params: size.params,
    context: size.context,
    repos: size.gguf.length > 0 ? size.gguf : [size.original],
    original: size.original,
    ...(ref.quant === undefined ? {} : { quant: ref.quant }),
    expectedLicense: size.license.id,
    ...(given !== null && { overlay: { given, shippedLicenses: shippedLicenses({ family, size }, ref) } }),
  };
}

/**
 * Finds a model by name (`qwen2`, `phi-2`), by name and size (`qwen2`, `0.5b`) or by both in one word (`mistral-7b`,
 * `llama-3.2-3b-instruct`). Throws `unknown-model` with suggestions, `unknown-size` with the sizes there are.
 */
export function lookup(name: string, size?: string): CatalogHit {
  return lookupIn(index(), name, size);
}

function lookupIn(known: NameIndex, name: string, size?: string): CatalogHit {
  const [wanted, tag] = [name.toLowerCase(), size?.toLowerCase()];
  const named = findName(known, wanted);
  const found = named && within(named, tag);
  if (found) return found;
  // phi4:mini is what others call phi4-mini.
  const whole = tag === undefined ? undefined : known.names.get(`${wanted}-${tag}`);
  const joined = whole && within(whole);
  if (joined) return joined;
  if (!named) throw new OslmError("unknown-model", { name, suggestions: suggestionsFor(known, wanted, tag) });
  throw unknownSize(known, name, size ?? named.family.defaultSize, named);
}

function within({ family, size }: Named, tag = size?.size ?? family.defaultSize): CatalogHit | undefined {
  const found = findSize(family, tag);
  return found === undefined || (size !== undefined && size !== found) ? undefined : { family, size: found };
}

function suggestionsFor(known: NameIndex, wanted: string, size: string | undefined): readonly string[] {
  return suggestNames(known, wanted, size, (name) => {
    const hit = find(known, { name });
    return hit && findName(known, name);
  });
}

function findName(known: NameIndex, wanted: string): Named | undefined {
  const { names, plainNames } = known;
  const whole = names.get(wanted);
  if (whole) return whole;
  // The longest beginning that is a family: mistral-small-24b is not a size of mistral.
  for (let dash = wanted.lastIndexOf("-"); dash > 0; dash = wanted.lastIndexOf("-", dash - 1)) {
    const head = names.get(wanted.slice(0, dash));
    if (!head || head.size) continue;
    const tail = wanted.slice(dash + 1);
    const size = findSize(head.family, tail);
    if (size) return { family: head.family, size };
    if (/^\d[\d.x]*[mbt](?:-|$)/.test(tail)) {
      const called = plainNames.get(plain(wanted));
      if (called) return called;
      throw unknownSize(known, head.family.name, tail, head);
    }
  }
  return plainNames.get(plain(wanted));
}

function unknownSize(known: NameIndex, name: string, wanted: string, named: Named): OslmError<"unknown-size"> {
  const { family, size } = named;
  return new OslmError("unknown-size", {
    name,
    size: wanted,
    sizes: (size === undefined ? family.sizes : [size]).map((one) => one.size),
    usual: size?.size ?? family.defaultSize,
    elsewhere: versionsWith(known, family, wanted.toLowerCase()),
  });
}
