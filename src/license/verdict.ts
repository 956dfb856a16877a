// The license decision on one model: declared against expected, the strictest counts.
import type { LicenseClass, LicenseVerdict, ModelCard } from "../model/types.js";
import { cleanLicenseId, findLicenses, type LicenseEntry } from "./catalogue.js";
import { detectLicense, type LicenseClaim, mayMean } from "./detect.js";
import { listObligations } from "./obligations.js";
import { classifyOpenness } from "./openness.js";
import { DEFAULT_POLICY, decideLicense, type LicensePolicy } from "./policy.js";
import type { PolicySubject } from "./policy-answers.js";

/** All that is known of a model's license. */
export interface LicenseEvidence {
  readonly card: ModelCard;
  /** The catalogue's expectation for a model that it knows by name. */
  readonly expected?: string;
  /** Ids of licenses that a person has accepted: now, by flag, or earlier. */
  readonly accepted?: readonly string[];
  /** True only where it is proven that training code and data are open; see openness.ts. */
  readonly trainingDisclosed?: boolean;
  /** The model, for the rules of a policy. */
  readonly subject?: PolicySubject;
}

/** From free to forbidden: of two licenses the later one counts. */
const STRICTNESS: readonly LicenseClass[] = [
  "public-domain",
  "permissive",
  "weak-copyleft",
  "copyleft",
  "responsible-use",
  "community",
  "non-commercial",
  "research-only",
  "unknown",
];

const COMMERCIAL: readonly LicenseVerdict["commercialUse"][] = ["allowed", "conditional", "unknown", "forbidden"];

/** Judges the evidence. Throws nothing: whatever cannot be understood is `unknown`, and asked about. */
export function judgeLicense(evidence: LicenseEvidence, policy: LicensePolicy = DEFAULT_POLICY): LicenseVerdict {
  const finding = detectLicense(evidence.card);
  const expectation = readExpectation(evidence.expected);
  const contradicted = expectation !== undefined && contradicts(expectation.entries, finding.entries);
  // A derivative cannot be freer than its root: a stricter expectation governs. It never makes a card's terms milder.
  const overruled = contradicted && strictness(expectation.entries) > strictness(finding.entries);
  const entries = overruled ? expectation.entries : finding.entries;
  const conflicts = contradicted
    ? [...finding.conflicts, catalogConflict(finding.entries, expectation)]
    : finding.conflicts;
  const id = unique(entries.map((entry) => entry.id)).join(" AND ");
  const spdx = unique(entries.map((entry) => entry.spdx ?? ""));
  const strictest = STRICTNESS[strictness(entries)] ?? "unknown";
  const doubtful = conflicts.length + finding.doubts.length > 0;
  const { decision, reasons, rule } = decideLicense(
    {
      id,
      entries,
      doubts: finding.doubts,
      conflicts,
      ...(evidence.subject && { subject: evidence.subject }),
      accepted: (evidence.accepted ?? []).map((text) => text.split(/ AND /i).map(cleanLicenseId).join(" AND ")),
    },
    policy,
  );
  return {
    id,
    spdx: spdx.includes("") ? null : spdx.join(" AND "),
    title: unique(entries.map((entry) => entry.title)).join(" / "),
    class: strictest,
    commercialUse:
      COMMERCIAL[Math.max(...entries.map((entry) => COMMERCIAL.indexOf(entry.commercialUse)))] ?? "unknown",
    openness: classifyOpenness(strictest, doubtful, evidence.trainingDisclosed === true),
    evidence: [...finding.claims, ...(expectation ? [expectation] : [])].map((claim) => ({
      source: claim.source,
      value: claim.value,
      agrees: agrees(claim, entries),
    })),
    conflicts,
    obligations: listObligations(contradicted ? [...entries, ...finding.entries, ...expectation.entries] : entries),
    decision,
    reasons,
    ...(rule && { rule }),
  };
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
  return claim.entries.some((entry) => governing.some((other) => mayMean(entry, other) || entry.refines === other.id));
}

function strictness(entries: readonly LicenseEntry[]): number {
  return Math.max(...entries.map((entry) => STRICTNESS.indexOf(entry.class)));
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
