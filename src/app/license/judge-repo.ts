// How the license of a repository's model is judged, and for what it is accepted: the same for a pull, for who only asks, and
// for a model that is here already.
import { idsIn } from "../../license/catalogue.js";
import { type ModelEvidence, withoutHeaders } from "../../license/evidence.js";
import { fileHeader } from "../../license/header.js";
import type { LicensePolicy } from "../../license/policy.js";
import { judgeLicense } from "../../license/verdict.js";
import { type LicenseVerdict, originOf, type StoredModel } from "../../model/types.js";
import { hashText } from "../../store/hash-text.js";
import type { World } from "../world.js";
import type { Subject } from "./acceptances.js";
import { expectationOn } from "./expectation-on.js";
import { judgeHeader } from "./file-license.js";
import { headerOnDisk } from "./header-on-disk.js";
import { keptEvidence } from "./kept-evidence.js";

export interface RepoLicense {
  readonly subject: Subject;
  /** Where a person can read it. */
  readonly url: string;
  /** What the verdict rests on; undefined where only oslm's record of the model is left. */
  readonly evidence: ModelEvidence | undefined;
  /** @param accepted ids that a person has accepted */
  judge(accepted: readonly string[]): LicenseVerdict;
}

/** The license that the evidence shows. @param missing what else there was, and is not kept */
export function judgeEvidence(
  evidence: ModelEvidence,
  { endpoint }: Pick<World, "endpoint">,
  policy: LicensePolicy,
  missing?: string,
): RepoLicense {
  const { repo, commit, hasText, expected } = evidence;
  const subject = { repo, commit, hasText };
  const judge = (all: ModelEvidence, accepted: readonly string[] = []) =>
    judgeLicense({ ...all, ...(missing && { missing }), expected, accepted, subject }, policy);
  return {
    // Without a text the card's word is what is accepted.
    subject: { subject: repo, commit, textSha256: hashOfTerms(telling(evidence, judge)) },
    url: `${endpoint}/${repo}/tree/${commit}`,
    evidence,
    judge: (accepted) => judge(evidence, accepted),
  };
}

/** The evidence without headers that only repeat the rest: what they say was accepted with it. */
function telling(evidence: ModelEvidence, judge: (all: ModelEvidence) => LicenseVerdict): ModelEvidence {
  if (evidence.headers === undefined) return evidence;
  const plain = withoutHeaders(evidence);
  const [told, untold] = [judge(evidence), judge(plain)];
  const adds = told.id !== untold.id || told.reasons.join("\n") !== untold.reasons.join("\n");
  return adds ? evidence : plain;
}

/** Of a stored model, with where that is known from: kept evidence, oslm's record of a pull, or the header of the file. */
export interface StoredLicense extends RepoLicense {
  readonly from: "kept" | "record" | "header";
}

/** The license of a stored model by what its pull has seen; no request is made. */
export async function judgeStored(world: World, stored: StoredModel, policy: LicensePolicy): Promise<StoredLicense> {
  const evidence = await evidenceOn(world, stored);
  if (evidence === undefined) return judgeUnseen(world, stored, policy);
  const from = "kept";
  const { judge, ...known } = judgeEvidence(evidence, world, policy);
  const told = idsIn(judge([]).id);
  // What another program has put here no pull has judged: its record has the header's word at best.
  const found = stored.adopted ? [] : idsIn(stored.license.id).filter((id) => id !== "unknown");
  const lost = found.filter((id) => !told.includes(id));
  if (lost.length === 0) return { ...known, judge, from };
  const missing = `the pull found ${lost.join(" and ")}, of which what is kept of its evidence says nothing`;
  return { ...judgeEvidence(evidence, world, policy, missing), from };
}

/** Where nothing is kept: by the record of the pull; by the header of what another program has put here. */
async function judgeUnseen(world: World, stored: StoredModel, policy: LicensePolicy): Promise<StoredLicense> {
  const { ref, license } = stored;
  const { repo, commit } = originOf(stored) ?? { repo: null, commit: null };
  const about = { ...(repo !== null && { repo }), ...(commit !== null && { commit }) };
  const known = {
    subject: { subject: repo ?? ref, commit, textSha256: undefined },
    url: repo === null ? ref : `${world.endpoint}/${repo}/tree/${commit}`,
    evidence: undefined,
  };
  const expected = expectationOn(repo ?? undefined);
  const header = stored.adopted ? await headerOnDisk(stored) : undefined;
  if (header !== undefined) {
    const missing = `what the repository's card says is not known${world.offline ? " offline" : ""}: only the header of the file was read`;
    const around = { policy, missing, subject: about, expected };
    return { ...known, from: "header", judge: (accepted) => judgeHeader(header.general, { ...around, accepted }) };
  }
  const gone = repo !== null && {
    missing: "what the repository said when it was pulled is not kept: only its id is on record",
  };
  const card = { license: idsIn(license.id), baseModels: [] };
  return {
    ...known,
    from: "record",
    judge: (accepted) => {
      const verdict = judgeLicense({ card, ...gone, ...(expected && { expected }), accepted, subject: about }, policy);
      return { ...verdict, evidence: verdict.evidence.map((claim) => ({ ...claim, source: "record" })) };
    },
  };
}

/** What was kept, with the header of the file itself where nothing was kept of that. */
async function evidenceOn(world: World, stored: StoredModel): Promise<ModelEvidence | undefined> {
  const { files, converted } = stored;
  const origin = originOf(stored);
  if (origin === undefined) return undefined;
  const paths = files.map(({ path }) => path);
  const evidence = await keptEvidence(world, origin, paths);
  if (evidence === undefined) return undefined;
  // What oslm has written there itself proves nothing.
  if (evidence.headers !== undefined || converted !== undefined) return evidence;
  const onDisk = await headerOnDisk(stored);
  const header = onDisk && fileHeader(onDisk.file, onDisk.general);
  return header === undefined ? evidence : { ...evidence, headers: [header] };
}

/** Of all texts that stand behind the verdict: of one alone its own hash, of several that of their hashes; null for none. */
function hashOfTerms({ card: { licenseLink }, texts, unread, ancestors, headers = [] }: ModelEvidence): string | null {
  const known = ancestors.flatMap((one) => ("gap" in one ? [] : [one]));
  const terms = [{ texts, unread }, ...known].flatMap((one) => [
    ...one.texts.map(({ path, sha256 }) => sha256 ?? `unread ${path}`),
    ...(one.unread ?? []).map((name) => `unread ${name}`),
  ]);
  if (licenseLink !== undefined && terms.length === 0) terms.push(licenseLink);
  for (const { file: _, found: __, ...words } of headers) terms.push(`header ${JSON.stringify(words)}`);
  const [first] = terms;
  if (first === undefined) return null;
  // In whichever order they were found.
  terms.sort();
  return terms.length === 1 && /^[0-9a-f]{64}$/.test(first) ? first : hashText(terms.join("\n"));
}
