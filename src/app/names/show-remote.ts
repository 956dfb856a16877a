// What is known of a model that is not here: from the Hub's words on its repository, the model card and the catalog, without touching
// any file of weights. At most three requests.
import { isOslmError, OslmError } from "../../errors.js";
import type { Benchmark } from "../../hub/decode-facts.js";
import type { RepoFacts } from "../../hub/repo-facts.js";
import type { LicenseTerms } from "../../license/declared-terms.js";
import { judgeLicense } from "../../license/verdict.js";
import { plain } from "../../model/plain.js";
import { formatRef } from "../../model/ref.js";
import { type StatedLine, statedLines } from "../../model/stated-lines.js";
import type { LicenseVerdict, RepoId } from "../../model/types.js";
import { skillsOf, type TemplateSkills } from "../../runtime/template/skills.js";
import { type RemoteWeights, weighRemote } from "../fit/weigh-remote.js";
import { expectationOn } from "../license/expectation-on.js";
import { judgeEvidence } from "../license/judge-repo.js";
import { keptEvidence } from "../license/kept-evidence.js";
import { type RemoteRef, target } from "../pull/resolve.js";
import type { World } from "../world.js";
import { CARD, readCard } from "./read-card.js";

/** The JSON shape of `show` for a model that is not stored: the fields of a stored one, and what its card tells. */
export interface RemoteModel extends RemoteWeights {
  readonly name: string;
  readonly stored: false;
  /** Whose catalog has the name; null for oslm's own, and for what is no such name. */
  readonly givenBy: string | null;
  readonly repo: string;
  readonly commit: string;
  readonly pipeline: string | null;
  readonly gated: false | "auto" | "manual";
  readonly chatTemplate: boolean | null;
  readonly template: TemplateSkills | null;
  readonly license: Pick<LicenseTerms, "id" | "class" | "commercialUse">;
  /** `card`: as declared, no text and no base model was looked at; `evidence`: as a pull or `oslm license` has found. */
  readonly licenseFrom: "card" | "evidence";
  readonly licenseExpected: string | null;
  readonly openness: LicenseVerdict["openness"];
  readonly baseModels: readonly string[];
  readonly baseRelation: string | null;
  readonly languages: readonly string[];
  readonly datasets: readonly string[];
  readonly benchmarks: readonly Benchmark[];
  /** Of README.md. */
  readonly stated: readonly StatedLine[];
  /** Why no card could be read; null where it was, or where there is none. */
  readonly cardMissing: string | null;
}

/** A second repository of the catalog is asked where the first is gone; with the card these are three requests. */
const MOST_REPOS = 2;

/** @throws OslmError unknown-model, unknown-size, repo-not-found, file-not-in-repo, no-gguf, quant-not-found, and what the Hub's calls throw */
export async function showRemote(world: World, ref: RemoteRef): Promise<RemoteModel> {
  const { repos, revision, expectedLicense: byName, givenBy } = target(ref);
  const facts = await firstFacts(world, repos.slice(0, MOST_REPOS), revision);
  const { snapshot, card, weights, pipeline } = facts;
  const expectedLicense = expectationOn(snapshot.repo, byName);
  const [read, license, host] = await Promise.all([
    readCardText(world, facts),
    licenseOf(world, facts, expectedLicense),
    world.host(),
  ]);
  const weighed = weighRemote(ref, facts, host);
  const template = weights.chatTemplate === null ? null : skillsOf(weights.chatTemplate);
  return {
    ...{ name: formatRef(ref), stored: false, givenBy: givenBy ?? null, repo: snapshot.repo, commit: snapshot.commit },
    ...{ pipeline, gated: snapshot.gated },
    ...weighed,
    chatTemplate: weights.chatTemplate === null ? null : true,
    ...{ template, ...license, licenseExpected: expectedLicense ?? null },
    baseModels: snapshot.card.baseModels.map((base) => plain(base).slice(0, 200)),
    baseRelation: snapshot.card.baseRelation === undefined ? null : plain(snapshot.card.baseRelation).slice(0, 100),
    ...card,
    ...read,
  };
}

async function firstFacts(world: World, repos: readonly RepoId[], revision: string | undefined): Promise<RepoFacts> {
  const { readRepoFacts } = await import("../../hub/repo-facts.js");
  const hub = await world.hub();
  let missing: unknown;
  for (const repo of repos) {
    try {
      return await readRepoFacts(hub, repo, revision, world.signal);
    } catch (error) {
      if (!isOslmError(error, "repo-not-found")) throw error;
      missing ??= error;
    }
  }
  throw missing;
}

/** The rest of the facts is worth showing without the card. */
async function readCardText(
  world: World,
  { snapshot }: RepoFacts,
): Promise<Pick<RemoteModel, "stated" | "cardMissing">> {
  if (!snapshot.files.some(({ path }) => path === CARD)) return { stated: [], cardMissing: null };
  try {
    return { stated: statedLines(await readCard(world, snapshot)), cardMissing: null };
  } catch (error) {
    if (!(error instanceof OslmError)) throw error;
    return { stated: [], cardMissing: error.code };
  }
}

async function licenseOf(
  world: World,
  { snapshot }: RepoFacts,
  expected: string | undefined,
): Promise<Pick<RemoteModel, "license" | "licenseFrom" | "openness">> {
  const { repo, commit, card } = snapshot;
  const policy = await world.policy();
  const kept = await keptEvidence(world, { repo, commit });
  const verdict =
    kept === undefined
      ? judgeLicense({ card, repo, ...(expected !== undefined && { expected }) }, policy)
      : judgeEvidence(kept, world, policy).judge([]);
  const { id, class: licenseClass, commercialUse, openness } = verdict;
  return { license: { id, class: licenseClass, commercialUse }, licenseFrom: kept ? "evidence" : "card", openness };
}
