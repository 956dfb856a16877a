// What the license gate judges, gathered before any byte of weights: the repository's own texts, and card and text of every
// model it was made from. Small requests, all of one generation at the same time.
import { type ErrorCode, isOslmError } from "../errors.js";
import { readRepoCard } from "../hub/repo-card.js";
import { readSmallText } from "../hub/small-text.js";
import type { Ancestor, LicenseFile, ModelEvidence, RepoEvidence } from "../license/evidence.js";
import { modelTexts, textKindOf } from "../license/text-files.js";
import { type Bytes, isRepoId, type RepoSnapshot } from "../model/types.js";
import type { EvidenceFile } from "../store/evidence-folder.js";
import { keepEvidence, keptText, sha256Of } from "./kept-evidence.js";
import type { Resolved } from "./resolve.js";
import type { World } from "./world.js";

/** The longest real one, the GPL with its addenda, has 35 kB. */
const MAX_TEXT: Bytes = 256 * 1024;
/** A repository has one, or one for its code and one for its weights. */
const MAX_OWN_TEXTS = 2;
/** Real chains have up to four links (quantization, merge, finetune, base), and merges up to a dozen parents. */
const MAX_GENERATIONS = 8;
const MAX_ANCESTORS = 24;

/**
 * All that oslm looks at, and keeps it. @throws OslmError network, rate-limited and the like; what is missing or broken over
 * there becomes a gap
 */
export async function gatherEvidence(
  world: World,
  resolved: Pick<Resolved, "snapshot" | "expectedLicense">,
): Promise<ModelEvidence> {
  const evidence = await lookForEvidence(world, resolved);
  await keepEvidence(world, evidence);
  return evidence;
}

/** The same without keeping it: what is there now does not take the place of what a pull has seen. */
export async function lookForEvidence(
  world: World,
  { snapshot, expectedLicense }: Pick<Resolved, "snapshot" | "expectedLicense">,
): Promise<ModelEvidence> {
  const { repo, commit, revision, gated, card, files } = snapshot;
  const ofModel = modelTexts(files);
  const notices = files.filter(({ path }) => textKindOf(path) === "notice").slice(0, 1);
  const wanted = [...ofModel.slice(0, MAX_OWN_TEXTS), ...notices];
  const texts = Promise.all(wanted.map(({ path }) => readText(world, { repo, commit, path })));
  const [own, ancestors] = await Promise.all([texts, findAncestors(world, snapshot)]);
  return {
    ...{ repo, commit, revision, gated, card, ancestors },
    texts: [...own.flat(), ...unread(ofModel.slice(MAX_OWN_TEXTS))],
    hasText: files.some(({ path }) => textKindOf(path) === "text"),
    ...(expectedLicense !== undefined && { expected: expectedLicense }),
    at: world.now().toISOString(),
  };
}

async function findAncestors(
  world: World,
  { repo, card }: Pick<RepoSnapshot, "repo" | "card">,
): Promise<readonly Ancestor[]> {
  const seen = new Set<string>([repo.toLowerCase()]);
  const found: Ancestor[] = [];
  const fresh = (names: readonly string[]) =>
    names.filter((name) => !seen.has(name.toLowerCase()) && seen.add(name.toLowerCase()));
  let asked = fresh(card.baseModels);
  for (let generation = 1; asked.length > 0; generation++) {
    const room = generation > MAX_GENERATIONS ? 0 : MAX_ANCESTORS - found.length;
    const left = asked.slice(Math.max(room, 0));
    const parents = await Promise.all(asked.slice(0, Math.max(room, 0)).map((name) => readAncestor(world, name)));
    for (const parent of parents) {
      // Renamed to one that is known already, or back to the model itself.
      if (parent.repo !== repo && !found.some((one) => one.repo === parent.repo)) found.push(parent);
      seen.add(parent.repo.toLowerCase());
    }
    const [first] = left;
    if (first !== undefined) return [...found, { repo: shown(first), gap: "too-many" }];
    asked = fresh(parents.flatMap((parent) => ("gap" in parent ? [] : parent.card.baseModels)));
  }
  return found;
}

async function readAncestor(world: World, name: string): Promise<Ancestor> {
  if (!isRepoId(name)) return { repo: shown(name), gap: "no-repository" };
  try {
    const { repo, commit, card, files } = await readRepoCard(await world.hub(), name, world.signal);
    const [first, ...others] = modelTexts(files.map((path) => ({ path })));
    const texts = first === undefined ? [] : await readText(world, { repo, commit, path: first.path });
    return { repo, commit, card, texts: [...texts, ...unread(others)] };
  } catch (error) {
    if (isOneOf(error, ["repo-not-found", "revision-not-found", "forbidden", "gated"]))
      return { repo: name, gap: "missing" };
    if (isOneOf(error, ["malformed-reply", "hub-failed"])) return { repo: name, gap: "unreadable" };
    throw error;
  }
}

/** What may say anything: a doubt. */
function unread(files: readonly { readonly path: string }[]): readonly LicenseFile[] {
  return files.map(({ path }) => ({ path, text: null }));
}

/** Empty when the Hub does not give it to us: then the card has to do. */
async function readText(world: World, file: EvidenceFile): Promise<RepoEvidence["texts"]> {
  const { path } = file;
  const kept = await keptText(world, file);
  if (kept !== undefined) return [kept];
  try {
    const text = await readSmallText(await world.hub(), file, MAX_TEXT, world.signal);
    return [{ path, text, sha256: sha256Of(text) }];
  } catch (error) {
    if (isOneOf(error, ["gated", "forbidden", "file-not-in-repo"])) return [];
    if (isOneOf(error, ["malformed-reply", "hub-failed"])) return [{ path, text: null }];
    throw error;
  }
}

function isOneOf(error: unknown, codes: readonly ErrorCode[]): boolean {
  return codes.some((code) => isOslmError(error, code));
}

/** Hostile text for a sentence. */
function shown(name: string): string {
  return name.replace(/[^\w./-]+/g, "?").slice(0, 100);
}
