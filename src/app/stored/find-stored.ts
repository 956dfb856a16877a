// Which stored model a reference means.

import { resolveCatalog } from "../../catalog/catalog.js";
import { isOslmError, OslmError } from "../../errors.js";
import { formatRef, type ModelRef, parseRef } from "../../model/ref.js";
import { suggest } from "../../model/suggest.js";
import { originOf, ownFiles, type StoredModel } from "../../model/types.js";
import { checkFolders } from "../../store/linked-folders.js";
import { plainUrl } from "../pull/web-files.js";
import type { World } from "../world.js";
import { checkUnchanged } from "./check-unchanged.js";

/** The stored models that a reference may mean, the most recently added first. */
export async function findStored(world: World, ref: ModelRef): Promise<StoredModel[]> {
  return matching(await (await world.store()).list(), ref);
}

/**
 * Every model that one of the names means, each once: the one of exactly that name, else all that it may mean as a
 * reference. @param hub the address of the Hub or its mirror @throws OslmError not-stored, invalid-reference
 */
export function findNamed(
  models: readonly StoredModel[],
  names: readonly string[],
  hub: string,
): readonly StoredModel[] {
  const found = names.flatMap((name) => {
    const meant = meantBy(models, name, hub);
    if (meant.length > 0) return meant;
    throw noneOf(models, formatRef(parseRef(name, { hub })));
  });
  return [...new Set(found)];
}

/** The same for one name; none when no model has it. @param hub its address @throws OslmError invalid-reference */
export function meantBy(models: readonly StoredModel[], name: string, hub: string): readonly StoredModel[] {
  const exact = models.filter((model) => model.name === name);
  return exact.length > 0 ? exact : matching(models, parseRef(name, { hub }));
}

/** A second name given by `oslm cp` comes after the first: who says `org/repo` means it only when nothing else is left. */
function matching(models: readonly StoredModel[], ref: ModelRef): StoredModel[] {
  const matches = models.filter(matcher(ref)).sort((a, b) => b.addedAt.localeCompare(a.addedAt));
  const first = matches.filter((model) => !isSecondName(model) || isNamed(model, formatRef(ref)));
  return first.length > 0 ? first : matches;
}

function matcher(ref: ModelRef): (model: StoredModel) => boolean {
  switch (ref.kind) {
    case "catalog": {
      const { quant, ...plain } = ref;
      const name = formatRef(plain);
      const repos = catalogRepos(ref);
      return (model) =>
        (model.ref === name || isNamed(model, name) || repos.some((repo) => repo === originOf(model)?.repo)) &&
        (!quant || model.quant === quant);
    }
    case "hub": {
      const { repo, revision, quant, path } = ref;
      return (model) =>
        originOf(model)?.repo.toLowerCase() === repo.toLowerCase() &&
        (!quant || model.quant === quant) &&
        (!path || ownFiles(model).some((file) => file.path === path)) &&
        (!revision || originOf(model)?.commit.startsWith(revision) || revisionOf(model) === revision);
    }
    case "url":
      return (model) => model.ref === plainUrl(ref.url);
    default:
      return () => false;
  }
}

/** Whether this is the model's own name, with or without the quantization. */
function isNamed({ name }: StoredModel, asked: string): boolean {
  return name === asked || withoutQuant(name) === asked;
}

function isSecondName(model: StoredModel): boolean {
  const { name, ref } = model;
  return originOf(model) !== undefined && parsed(name)?.kind === "catalog" && withoutQuant(name) !== withoutQuant(ref);
}

function withoutQuant(name: string): string {
  const ref = parsed(name);
  if (ref === undefined) return name;
  const { quant: _, ...plain } = { quant: undefined, ...ref };
  return formatRef(plain);
}

/** Files and branches of other programs have names that nobody can type: one such record must not be in anybody's way. */
function parsed(name: string): ModelRef | undefined {
  try {
    return parseRef(name);
  } catch {
    return undefined;
  }
}

/** The branch or tag that a model was pulled by. */
export function revisionOf({ ref }: Pick<StoredModel, "ref">): string {
  const asked = parsed(ref);
  return (asked?.kind === "hub" && asked.revision) || "main";
}

/** The repositories that a reference stands for as a whole; none when it names a part of one. */
export function wholeRepos(ref: ModelRef): readonly string[] {
  if (ref.kind === "catalog") return ref.quant === undefined ? catalogRepos(ref) : [];
  if (ref.kind !== "hub" || ref.quant !== undefined || ref.path !== undefined || ref.revision !== undefined) return [];
  return [ref.repo];
}

/** `qwen2` and `qwen2:7b` are the same repositories. A name that left the catalog may still be stored by its own name. */
function catalogRepos(ref: Extract<ModelRef, { kind: "catalog" }>): readonly string[] {
  try {
    return resolveCatalog(ref).repos;
  } catch (error) {
    if (isOslmError(error, "unknown-model") || isOslmError(error, "unknown-size")) return [];
    throw error;
  }
}

/**
 * For a reference that no model answers whose files are here.
 * @throws OslmError linked-folder when they may be behind a link in the cache; import-gone where they were imported from elsewhere
 */
export async function refuseAway(world: World, ref: ModelRef): Promise<void> {
  const store = await world.store();
  const named = ref.kind === "hub" ? [ref.repo] : ref.kind === "catalog" ? catalogRepos(ref) : [];
  const recorded = matching(await store.recorded(), ref);
  for (const model of recorded) if (model.repo === null) await checkUnchanged(model);
  const repos = [...recorded.flatMap(({ repo }) => repo ?? []), ...named];
  for (const repo of new Set(repos)) await checkFolders(store.layout(repo));
}

/** The error for a reference that no stored model matches. */
export async function notStored(world: World, ref: string): Promise<OslmError<"not-stored">> {
  return noneOf(await (await world.store()).list(), ref);
}

/** The error of `notStored` for these models. */
export function noneOf(models: readonly StoredModel[], ref: string): OslmError<"not-stored"> {
  const names = models.map((model) => model.name);
  return new OslmError("not-stored", {
    ref,
    suggestions: suggest(ref, names),
    ...(isNowhere(ref) && { nowhere: true }),
  });
}

/** Whether it is a path, or a name that is none of the catalog. */
function isNowhere(text: string): boolean {
  try {
    const ref = parseRef(text);
    return (
      ref.kind === "demo" || ref.kind === "file" || (ref.kind === "catalog" && resolveCatalog(ref).repos.length === 0)
    );
  } catch {
    return true;
  }
}
