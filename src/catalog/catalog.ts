// Short names for models: what `oslm pull qwen2` means. The table is catalog.json; its shape is proven by
// test/catalog/catalog.test.ts.
//
// Repositories stand in the order in which to try them: those seen in a public index before those known from memory; those
// with many quantizations before those with one, with labels of their own, or behind a gate; then the vendor's own,
// ggml-org, bartowski, unsloth, the rest. All hold the same model: a repository of its base or of a sibling is not listed.
import { createRequire } from "node:module";
import { OslmError } from "../errors.js";
import type { ModelRef } from "../model/ref.js";
import { suggest } from "../model/suggest.js";
import type { RepoId, Tokens } from "../model/types.js";

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

/** What a name without a size of its own means. */
interface Named {
  readonly family: CatalogFamily;
  readonly size?: CatalogSize;
}

/** Names that a configuration adds to ours. */
export interface Overlay {
  /** Who gave them: a path or an address, as people see it. */
  readonly given: string;
  readonly families: readonly CatalogFamily[];
}

let overlays: readonly Overlay[] = [];
let families: readonly CatalogFamily[] | undefined;
let names: ReadonlyMap<string, Named> | undefined;

/** Puts the names of others over ours, the last of them first: once, as a command begins. */
export function useOverlays(given: readonly Overlay[]): void {
  overlays = [...given].reverse();
  families = undefined;
  names = undefined;
}

/** All families, those of others in front; one that has the name of another's takes its place as a whole. */
export function listCatalog(): readonly CatalogFamily[] {
  if (families) return families;
  const all = [...overlays.flatMap((overlay) => overlay.families), ...shipped()];
  const first = new Map<string, CatalogFamily>();
  for (const family of all) if (!first.has(family.name)) first.set(family.name, family);
  families = [...first.values()];
  return families;
}

/** Who gave an entry; null for what came with oslm. */
export function givenBy(family: CatalogFamily): string | null {
  return overlays.find((overlay) => overlay.families.includes(family))?.given ?? null;
}

function shipped(): readonly CatalogFamily[] {
  return createRequire(import.meta.url)("./catalog.json").families;
}

/** What we expect of a model that another catalog gives: by its name, or by a repository that we know as well. */
function shippedLicenses(family: CatalogFamily, size: CatalogSize): readonly string[] {
  const repos = (one: CatalogSize) => [...one.gguf, one.original].map((repo) => repo.toLowerCase());
  const wanted = new Set(repos(size));
  return shipped().flatMap((ours) =>
    ours.sizes
      .filter((one) => (ours.name === family.name && one.size === size.size) || repos(one).some((id) => wanted.has(id)))
      .map(({ license }) => license.id),
  );
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
    ...(given !== null && { overlay: { given, shippedLicenses: shippedLicenses(family, size) } }),
  };
}

/**
 * Finds a model by name (`qwen2`, `phi-2`), by name and size (`qwen2`, `0.5b`) or by both in one word (`mistral-7b`,
 * `llama-3.2-3b-instruct`). Throws `unknown-model` with suggestions, `unknown-size` with the sizes there are.
 */
export function lookup(name: string, size?: string): CatalogHit {
  const wanted = name.toLowerCase();
  const named = findName(wanted);
  if (!named) throw new OslmError("unknown-model", { name, suggestions: suggestNames(wanted) });
  const found = size === undefined ? undefined : findSize(named.family, size.toLowerCase());
  if (size !== undefined && (found === undefined || (named.size !== undefined && named.size !== found))) {
    throw unknownSize(name, size, named.size === undefined ? named.family.sizes : [named.size]);
  }
  const chosen = found ?? named.size ?? findSize(named.family, named.family.defaultSize);
  if (!chosen) throw unknownSize(name, named.family.defaultSize, named.family.sizes);
  return { family: named.family, size: chosen };
}

function findName(wanted: string): Named | undefined {
  const whole = index().get(wanted);
  if (whole) return whole;
  // The longest beginning that is a family: mistral-small-24b is not a size of mistral.
  for (let dash = wanted.lastIndexOf("-"); dash > 0; dash = wanted.lastIndexOf("-", dash - 1)) {
    const head = index().get(wanted.slice(0, dash));
    if (!head || head.size) continue;
    const tail = wanted.slice(dash + 1);
    const size = findSize(head.family, tail);
    if (size) return { family: head.family, size };
    if (/^\d[\d.x]*[mbt](?:-|$)/.test(tail)) throw unknownSize(head.family.name, tail, head.family.sizes);
  }
  return undefined;
}

function findSize(family: CatalogFamily, wanted: string): CatalogSize | undefined {
  const exact = family.sizes.find(({ size, aliases }) => size === wanted || aliases?.includes(wanted));
  if (exact) return exact;
  // Ollama and the Hub say which training it is. Take the word away only where the model listed here is of that training.
  const [, bare, training = ""] = /^(.+)-(instruct|chat|it)$/.exec(wanted) ?? [];
  const trained = bare === undefined ? undefined : findSize(family, bare);
  return trained?.original.toLowerCase().split("-").includes(training) ? trained : undefined;
}

function suggestNames(wanted: string): string[] {
  const near = suggest(wanted, [...index().keys()], Number.POSITIVE_INFINITY).map(
    (name) => index().get(name)?.family.name,
  );
  const families = [...new Set(near)].filter((name) => name !== undefined);
  if (families.length > 0) return families.slice(0, 3);
  return suggest(
    wanted,
    listCatalog().flatMap(({ name, sizes }) => sizes.map(({ size }) => `${name}-${size}`)),
  );
}

function unknownSize(name: string, size: string, sizes: readonly CatalogSize[]): OslmError<"unknown-size"> {
  return new OslmError("unknown-size", { name, size, sizes: sizes.map((entry) => entry.size) });
}

function index(): ReadonlyMap<string, Named> {
  if (names) return names;
  const fresh = new Map<string, Named>();
  // From the end, so that of two that claim a name the one in front has it: theirs before ours.
  for (const family of [...listCatalog()].reverse()) {
    for (const name of [family.name, ...family.aliases]) fresh.set(name, { family });
    for (const size of family.sizes) for (const name of size.names ?? []) fresh.set(name, { family, size });
  }
  names = fresh;
  return fresh;
}
