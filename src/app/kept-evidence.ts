// The evidence behind license decisions, kept so that a stored model is judged as its pull was, without a request.
import { createHash } from "node:crypto";
import type { LicenseFile, ModelEvidence } from "../license/evidence.js";
import { readEvidence, textsOf, writeEvidence } from "../license/evidence-record.js";
import type { EvidenceFile } from "../store/evidence-folder.js";
import type { World } from "./world.js";

/** No license text has an ending that this name has. */
const RECORD = "evidence.json";

/** Best effort: what could not be kept is missed by the next decision, which then has a doubt more. */
export async function keepEvidence(world: World, evidence: ModelEvidence): Promise<void> {
  const folder = await world.evidence();
  const { repo, commit } = evidence;
  try {
    for (const { text, ...file } of textsOf(evidence)) {
      if ((await folder.read(file)) !== text) await folder.write(file, text);
    }
    await folder.write({ repo, commit, path: RECORD }, `${writeEvidence(evidence)}\n`);
  } catch {}
}

/** What was gathered last on the model at that commit; undefined when nothing was. */
export async function keptEvidence(
  world: World,
  { repo, commit }: Omit<EvidenceFile, "path">,
): Promise<ModelEvidence | undefined> {
  const folder = await world.evidence();
  const record = await folder.read({ repo, commit, path: RECORD });
  const evidence = record === undefined ? undefined : readEvidence(record);
  if (evidence?.repo !== repo || evidence.commit !== commit) return undefined;
  const withTexts = async <Repo extends Omit<EvidenceFile, "path"> & Pick<ModelEvidence, "texts">>(one: Repo) => ({
    ...one,
    texts: await Promise.all(
      one.texts.map((file) => withText(world, { ...(file.from ?? one), path: file.path }, file)),
    ),
  });
  const ancestors = evidence.ancestors.map(async (one) => ("gap" in one ? one : withTexts(one)));
  return { ...(await withTexts(evidence)), ancestors: await Promise.all(ancestors) };
}

/** The newest evidence on what a branch, a tag or a commit named; undefined when there is none. */
export async function latestEvidence(
  world: World,
  repo: string,
  revision = "main",
): Promise<ModelEvidence | undefined> {
  const commits = await (await world.evidence()).commits(repo);
  const all = await Promise.all(commits.map((commit) => keptEvidence(world, { repo, commit })));
  return all
    .flatMap((one) => (one !== undefined && [one.revision, one.commit].includes(revision) ? [one] : []))
    .sort((a, b) => (a.at < b.at ? 1 : -1))[0];
}

/** A text that was read before at that commit. */
export async function keptText(world: World, file: EvidenceFile): Promise<LicenseFile | undefined> {
  const text = await (await world.evidence()).read(file);
  return text === undefined ? undefined : { path: file.path, text, sha256: sha256Of(text) };
}

export function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The text of a kept record, if it still is the one that was read. */
async function withText(world: World, place: EvidenceFile, file: LicenseFile): Promise<LicenseFile> {
  const kept = file.sha256 === undefined ? undefined : await keptText(world, place);
  return kept?.sha256 === file.sha256 && kept !== undefined ? { ...file, ...kept } : file;
}
