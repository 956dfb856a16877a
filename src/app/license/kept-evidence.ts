// The evidence behind license decisions, kept so that a stored model is judged by it without a request.
import type { Ancestor, LicenseFile, ModelEvidence } from "../../license/evidence.js";
import {
  type HeaderEvidence,
  readEvidence,
  readHeader,
  textsOf,
  writeEvidence,
  writeHeader,
} from "../../license/evidence-record.js";
import type { EvidenceFile, RepoCommit } from "../../store/evidence-folder.js";
import { hashText } from "../../store/hash-text.js";
import type { World } from "../world.js";
import { withExpectation } from "./expectation-on.js";

/** All but what headers have brought. @throws OslmError linked-folder, and what the disk says */
export async function keepEvidence(world: World, evidence: ModelEvidence): Promise<void> {
  await keepTexts(world, evidence);
  await (await world.evidence()).writeRecord(evidence, `${writeEvidence(evidence)}\n`);
}

/** What the header of one file has brought; written once, since the file at a commit never changes. @throws as keepEvidence */
export async function keepHeader(world: World, of: RepoCommit, told: HeaderEvidence): Promise<void> {
  await keepTexts(world, { ...of, texts: [], ancestors: told.ancestors });
  await (await world.evidence()).writeRecord(of, `${writeHeader(told)}\n`, nameOf(told.header.file));
}

/**
 * What was gathered last on the model at that commit, and what the headers of these files have brought; undefined when
 * nothing was.
 */
export async function keptEvidence(
  world: World,
  { repo, commit }: RepoCommit,
  files: readonly string[] = [],
): Promise<ModelEvidence | undefined> {
  const record = await (await world.evidence()).readRecord({ repo, commit });
  const evidence = record === undefined ? undefined : readEvidence(record);
  if (evidence?.repo !== repo || evidence.commit !== commit) return undefined;
  const told = await keptHeaders(world, { repo, commit }, files);
  const ancestors = await Promise.all(evidence.ancestors.map((one) => withTexts(world, one)));
  const known = new Set(ancestors.map((one) => one.repo));
  const more = told.flatMap((one) => one.ancestors).filter((one) => !known.has(one.repo) && known.add(one.repo));
  return withExpectation({
    ...(await withOwnTexts(world, evidence)),
    ancestors: [...ancestors, ...more],
    ...(told.length > 0 && { headers: told.map(({ header }) => header) }),
  });
}

/** What the headers of these files at the commit have brought. */
export async function keptHeaders(
  world: World,
  of: RepoCommit,
  files: readonly string[],
): Promise<readonly HeaderEvidence[]> {
  const folder = await world.evidence();
  const found = await Promise.all(
    files.map(async (file) => {
      const record = await folder.readRecord(of, nameOf(file));
      const told = record === undefined ? undefined : readHeader(record);
      if (told?.header.file !== file) return [];
      return [{ ...told, ancestors: await Promise.all(told.ancestors.map((one) => withTexts(world, one))) }];
    }),
  );
  return found.flat();
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
  return text === undefined ? undefined : { path: file.path, text, sha256: hashText(text) };
}

async function keepTexts(world: World, evidence: Parameters<typeof textsOf>[0]): Promise<void> {
  const folder = await world.evidence();
  for (const { text, ...file } of textsOf(evidence)) {
    if ((await folder.read(file)) !== text) await folder.write(file, text);
  }
}

async function withTexts(world: World, one: Ancestor): Promise<Ancestor> {
  return "gap" in one ? one : withOwnTexts(world, one);
}

async function withOwnTexts<Repo extends RepoCommit & { readonly texts: readonly LicenseFile[] }>(
  world: World,
  one: Repo,
): Promise<Repo> {
  const texts = one.texts.map((file) => withText(world, { ...(file.from ?? one), path: file.path }, file));
  return { ...one, texts: await Promise.all(texts) };
}

/** The text of a kept record, if it still is the one that was read. */
async function withText(world: World, place: EvidenceFile, file: LicenseFile): Promise<LicenseFile> {
  const kept = file.sha256 === undefined ? undefined : await keptText(world, place);
  return kept?.sha256 === file.sha256 && kept !== undefined ? { ...file, ...kept } : file;
}

/** Paths have characters that names of files may not have. */
function nameOf(file: string): string {
  return hashText(file).slice(0, 16);
}
