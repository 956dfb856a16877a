// The license decision on one model: its card against its texts, its base models, its name and the catalogue.
import type { LicenseState, LicenseVerdict, ModelCard, OpennessFact } from "../model/types.js";
import { cleanLicenseId, findLicenses, idsIn, joinIds, type LicenseEntry } from "./catalogue.js";
import { type LicenseClaim, mayMean, uniqueEntries } from "./detect.js";
import type { Ancestor, FileHeader, LicenseFile } from "./evidence.js";
import { weighHeaders } from "./header.js";
import { weighLineage } from "./lineage.js";
import { namedLicense } from "./names.js";
import { listObligations } from "./obligations.js";
import { judgeOpenness } from "./openness.js";
import { DEFAULT_POLICY, decideLicense, type LicensePolicy } from "./policy.js";
import type { PolicySubject } from "./policy-answers.js";
import { spdxExpression } from "./spdx.js";
import { covers, isOpen, standingOf } from "./standing.js";
import { isFree, narrowestUse, strictestClass, strictness } from "./strictness.js";
import { trainingFacts } from "./training-facts.js";
import { weighLink } from "./weigh-link.js";

/** All that is known of a model's license. */
export interface LicenseEvidence {
  readonly card: ModelCard;
  /** `org/name`: what the model is called hints at its origin. */
  readonly repo?: string;
  /** The repository's files on licenses. */
  readonly texts?: readonly LicenseFile[];
  /** Names of those that were not read. */
  readonly unread?: readonly string[];
  /** Its base models and theirs, nearest first. */
  readonly ancestors?: readonly Ancestor[];
  /** Of its files. */
  readonly headers?: readonly FileHeader[];
  /** The catalogue's expectation for a model that it knows by name. */
  readonly expected?: string;
  /** Ids of licenses that a person has accepted: now, by flag, or earlier. */
  readonly accepted?: readonly string[];
  /** How the model was made, where that is not to be looked up by its name. */
  readonly training?: readonly OpennessFact[];
  /** What nobody could look at. */
  readonly missing?: string;
  /** The model, for the rules of a policy. */
  readonly subject?: PolicySubject;
}

/** Judges the evidence. Throws nothing: whatever cannot be understood is `unknown`, and asked about. */
export function judgeLicense(evidence: LicenseEvidence, policy: LicensePolicy = DEFAULT_POLICY): LicenseVerdict {
  const { card, repo, texts = [], unread = [], ancestors = [] } = evidence;
  const own = standingOf({ card, texts, unread });
  const link = weighLink(card, evidence);
  const lineage = weighLineage(own, ancestors, repo);
  // A quantization is the same work: a free license put on it frees nothing, and adds nothing to what was dropped.
  const relabelled = lineage.dropped.length > 0 && card.baseRelation === "quantized";
  const ownTerms = relabelled ? own.concluded.filter((entry) => !isFree(entry)) : own.concluded;
  const stated = uniqueEntries([...ownTerms, ...lineage.entries]);
  const header = weighHeaders(evidence.headers ?? [], stated);
  const evident = uniqueEntries([...stated, ...header.entries]);
  const expectation = readExpectation(evidence.expected);
  const differs = expectation !== undefined && contradicts(expectation.entries, evident);
  // Two that ask for no more than notices: nothing is left to decide.
  const contradicted = differs && !areAlikeFree(expectation.entries, evident);
  // A derivative cannot be freer than its root: a stricter expectation governs. It never makes a card's terms milder.
  const overruled = contradicted && strictness(expectation.entries) > strictness(evident);
  const entries = overruled ? expectation.entries : evident;
  const looser = [...own.conflicts, ...lineage.conflicts, ...header.conflicts, ...nameConflicts(repo, entries)];
  const conflicts = contradicted ? [...looser, catalogConflict(evident, expectation)] : looser;
  const doubts = unique([...own.doubts, ...lineage.doubts]);
  const gaps = unique([
    ...own.gaps,
    ...link.gaps,
    ...lineage.gaps,
    ...header.gaps,
    ...(evidence.missing === undefined ? [] : [evidence.missing]),
  ]);
  const id = joinIds(idsOf(entries));
  const strictest = strictestClass(entries);
  const doubtful = conflicts.length + doubts.length + gaps.length > 0;
  const { decision, reasons, rule } = decideLicense(
    {
      id,
      entries,
      doubts,
      gaps,
      conflicts,
      ...(evidence.subject && { subject: evidence.subject }),
      accepted: (evidence.accepted ?? []).map((text) => joinIds(idsIn(text).map(cleanLicenseId))),
    },
    policy,
  );
  return {
    id,
    spdx: spdxExpression(entries),
    title: unique(entries.map((entry) => entry.title)).join(" / "),
    class: strictest,
    commercialUse: narrowestUse(entries, gaps.length > 0),
    ...judgeOpenness(
      { id, class: strictest, doubtful },
      evidence.training ?? trainingFacts({ ...evidence, ancestors }),
    ),
    declared: joinIds(idsOf(own.declared)),
    state: stateOf(own.state, {
      conflicts: overruled ? conflicts : looser,
      doubts: [...doubts, ...gaps],
      entries,
      declared: own.declared,
      lineage: lineage.entries,
    }),
    floor:
      lineage.floor !== null && (strictness(lineage.entries) >= strictness(own.concluded) || lineage.dropped.length > 0)
        ? lineage.floor
        : null,
    evidence: distinct([
      ...own.claims,
      ...link.claims,
      ...lineage.claims,
      ...header.claims,
      ...(expectation ? [expectation] : []),
    ]).map((claim) => ({
      source: claim.source,
      value: claim.value,
      agrees: agrees(claim, entries),
      ...(claim.sha256 !== undefined && { sha256: claim.sha256 }),
    })),
    conflicts,
    obligations: listObligations(differs ? [...entries, ...evident, ...expectation.entries] : entries),
    decision,
    reasons,
    ...(rule && { rule }),
  };
}

/** The name of a derivative often tells its root: the one trace that is left when the card was emptied. */
function nameConflicts(repo: string | undefined, entries: readonly LicenseEntry[]): LicenseVerdict["conflicts"] {
  const named = repo === undefined ? undefined : namedLicense(repo);
  if (named === undefined || isOpen(entries) || strictness(entries) >= strictness([named])) return [];
  if (entries.some((entry) => covers(entry, named))) return [];
  const declared = idsOf(entries).join(", ");
  const explanation = `The name ${repo} is that of a model under ${named.id}; nothing else in the repository says so, and its license is given as ${declared}.`;
  return [{ kind: "name-suggests-other", declared, found: named.id, source: "name", explanation }];
}

function stateOf(
  own: LicenseState,
  all: {
    readonly conflicts: readonly unknown[];
    readonly doubts: readonly unknown[];
    readonly entries: readonly LicenseEntry[];
    readonly declared: readonly LicenseEntry[];
    readonly lineage: readonly LicenseEntry[];
  },
): LicenseState {
  if (all.conflicts.length > 0) return "looser";
  if (all.doubts.length > 0 || all.entries.some((entry) => entry.class === "unknown")) return "unresolvable";
  if (own === "stricter") return own;
  return all.lineage.length > 0 && strictness(all.declared) > strictness(all.lineage) ? "stricter" : own;
}

function idsOf(entries: readonly LicenseEntry[]): string[] {
  return unique(entries.map((entry) => entry.id));
}

function readExpectation(expected: string | undefined): LicenseClaim | undefined {
  const entries = expected === undefined ? [] : findLicenses(expected);
  return expected === undefined || entries.length === 0
    ? undefined
    : { source: "catalog", value: cleanLicenseId(expected), entries };
}

/** A card that settles nothing contradicts nothing. */
function contradicts(expected: readonly LicenseEntry[], declared: readonly LicenseEntry[]): boolean {
  if (declared.every((entry) => entry.class === "unknown")) return false;
  return !declared.some((entry) => expected.some((other) => mayMean(entry, other) || mayMean(other, entry)));
}

function areAlikeFree(expected: readonly LicenseEntry[], declared: readonly LicenseEntry[]): boolean {
  return [...expected, ...declared].every(isFree) && strictness(expected) === strictness(declared);
}

function catalogConflict(
  declared: readonly LicenseEntry[],
  expected: LicenseClaim,
): LicenseVerdict["conflicts"][number] {
  const ids = unique(declared.map((entry) => entry.id)).join(", ");
  return {
    kind: "catalog-expects-other",
    declared: ids,
    found: expected.value,
    source: expected.source,
    explanation: `The model card says ${ids}; oslm's catalogue knows this model under ${expected.value}.`,
  };
}

/** `other` and family ids leave the matter open and so agree with whatever follows; silence agrees with nothing. */
function agrees(claim: LicenseClaim, governing: readonly LicenseEntry[]): boolean {
  if (claim.isNeutral) return true;
  return claim.entries.some((entry) => governing.some((other) => mayMean(entry, other) || entry.refines === other.id));
}

/** A text that the card links to and a base model brings along speaks once. */
function distinct(claims: readonly LicenseClaim[]): readonly LicenseClaim[] {
  return [...new Map(claims.map((claim) => [`${claim.source}\n${claim.value}`, claim])).values()];
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
