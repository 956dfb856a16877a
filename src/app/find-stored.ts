// Which stored model a reference means.

import { resolveCatalog } from "../catalog/catalog.js";
import { isOslmError, OslmError } from "../errors.js";
import { formatRef, type ModelRef, parseRef } from "../model/ref.js";
import { suggest } from "../model/suggest.js";
import type { StoredModel } from "../model/types.js";
import type { World } from "./world.js";

/** The stored models that a reference may mean, the most recently added first. */
export async function findStored(world: World, ref: ModelRef): Promise<StoredModel[]> {
  const models = await (await world.store()).list();
  const matches = models.filter((model) => matcher(ref)(model));
  return matches.sort((a, b) => b.addedAt.localeCompare(a.addedAt));
}

function matcher(ref: ModelRef): (model: StoredModel) => boolean {
  switch (ref.kind) {
    case "catalog": {
      const { quant, ...plain } = ref;
      const name = formatRef(plain);
      const repos = catalogRepos(ref);
      return (model) =>
        (model.ref === name || isNamed(model, name) || repos.some((repo) => repo === model.repo)) &&
        (!quant || model.quant === quant);
    }
    case "hub": {
      const { repo, revision, quant, path } = ref;
      return (model) =>
        model.repo?.toLowerCase() === repo.toLowerCase() &&
        (!quant || model.quant === quant) &&
        (!path || model.files.some((file) => file.path === path)) &&
        (!revision || model.commit?.startsWith(revision) || revisionOf(model) === revision);
    }
    default:
      return () => false;
  }
}

/** Models from elsewhere have names that no repository stands behind. */
function isNamed({ repo, name }: StoredModel, asked: string): boolean {
  if (repo !== null) return false;
  const { quant: _, ...plain } = { quant: undefined, ...parseRef(name) };
  return name === asked || formatRef(plain) === asked;
}

/** The branch or tag that a model was pulled by. */
function revisionOf({ ref }: StoredModel): string {
  const asked = parseRef(ref);
  return (asked.kind === "hub" && asked.revision) || "main";
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

/** The error for a reference that no stored model matches. */
export async function notStored(world: World, ref: string): Promise<OslmError<"not-stored">> {
  const names = (await (await world.store()).list()).map((model) => model.name);
  return new OslmError("not-stored", { ref, suggestions: suggest(ref, names) });
}
