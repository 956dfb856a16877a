// What changed on the Hub since models were pulled. A few small requests for each repository; nothing is written.
import { isOslmError, OslmError } from "../../errors.js";
import { isRepoId, originOf, type RepoSnapshot, type StoredModel } from "../../model/types.js";
import { licenseChanges } from "../license/license-changes.js";
import type { World } from "../world.js";
import { findNamed, revisionOf } from "./find-stored.js";
import { type Change, type ComparedModel, changedFiles } from "./model-changes.js";

export interface OutdatedRequest {
  /** All models of the Hub unless some are named. */
  readonly names: readonly string[];
  /** Whether licenses are compared as well. */
  readonly license: boolean;
}

/** A model of the Hub; of one that was converted the files are those of its checkpoint. */
type Pulled = StoredModel & { readonly repo: string; readonly commit: string };

/** What is there now; `gone` is what was not found. */
type Upstream = RepoSnapshot | { readonly gone: "repository" | "revision" };

/** Several quantizations of one repository share what was asked. */
interface Asked {
  readonly upstream: Map<string, Promise<Upstream>>;
  readonly license: Map<string, ReturnType<typeof licenseChanges>>;
}

/** Models that are compared at the same time. */
const AT_ONCE = 4;

/**
 * Each stored model that came from the Hub, compared with what its branch or tag has now, by name.
 * @throws OslmError offline, not-stored, invalid-reference, bad-policy, network and the like
 */
export async function compareWithHub(
  world: World,
  { names, license }: OutdatedRequest,
): Promise<readonly ComparedModel[]> {
  if (world.offline) throw new OslmError("offline", { wanted: "what the Hub has now" });
  const stored = await (await world.store()).list();
  const named = names.length === 0 ? stored : findNamed(stored, names, world.endpoint);
  const models = newestOfEach(named.flatMap(pulledOf));
  const asked: Asked = { upstream: new Map(), license: new Map() };
  const compared: ComparedModel[] = [];
  for (let next = 0; next < models.length; next += AT_ONCE) {
    const some = models.slice(next, next + AT_ONCE);
    compared.push(...(await Promise.all(some.map((model) => compare(world, model, license, asked)))));
  }
  return compared;
}

/** Earlier commits stay beside the one that a name means now: the last that was pulled. */
function newestOfEach(models: readonly Pulled[]): readonly Pulled[] {
  const oldestFirst = [...models].sort((a, b) => a.addedAt.localeCompare(b.addedAt));
  const newest = new Map(oldestFirst.map((model) => [model.name, model]));
  return [...newest.values()].sort((a, b) => a.name.localeCompare(b.name));
}

function pulledOf(model: StoredModel): readonly Pulled[] {
  const origin = originOf(model);
  if (origin === undefined) return [];
  return [{ ...model, repo: origin.repo, commit: origin.commit, files: model.converted?.files ?? model.files }];
}

async function compare(world: World, model: Pulled, license: boolean, asked: Asked): Promise<ComparedModel> {
  const { name, repo, commit, quant } = model;
  const revision = revisionOf(model);
  const upstream = await once(asked.upstream, `${repo}@${revision}`, () => lookUp(world, repo, revision));
  const shown = { name, repo, commit, quant, revision };
  if ("gone" in upstream) {
    const what = upstream.gone;
    const before = what === "repository" ? repo : revision;
    return { ...shown, latest: null, fetchBytes: 0, changes: [{ what, path: null, before, now: null }] };
  }
  const renamed: readonly Change[] =
    upstream.repo === repo ? [] : [{ what: "repository", path: null, before: repo, now: upstream.repo }];
  const files = changedFiles(model.files, upstream.files);
  const ofLicense = () => licenseChanges(world, model, upstream);
  const terms = license ? await once(asked.license, `${repo}@${commit} ${revision}`, ofLicense) : [];
  return {
    ...shown,
    latest: { repo: upstream.repo, commit: upstream.commit },
    fetchBytes: files.reduce((sum, { now }) => sum + (now?.size ?? 0), 0),
    changes: [...renamed, ...files, ...terms],
  };
}

function once<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

async function lookUp(world: World, repo: string, revision: string): Promise<Upstream> {
  if (!isRepoId(repo)) return { gone: "repository" };
  try {
    return await (await world.hub()).snapshot(repo, revision, world.signal);
  } catch (error) {
    if (isOslmError(error, "repo-not-found") || isOslmError(error, "forbidden")) return { gone: "repository" };
    if (isOslmError(error, "revision-not-found")) return { gone: "revision" };
    throw error;
  }
}
