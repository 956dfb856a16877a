// A model cannot be freer than what it was made from: its own standing against that of all its base models.
import type { LicenseVerdict, ModelCard } from "../model/types.js";
import type { LicenseEntry } from "./catalogue.js";
import { type LicenseClaim, uniqueEntries } from "./detect.js";
import type { Ancestor, LineageGap, RepoEvidence } from "./evidence.js";
import { covers, isOpen, type Standing, standingOf } from "./standing.js";
import { isFree, strictness } from "./strictness.js";
import { weighLink } from "./weigh-link.js";

export interface Lineage {
  /** The licenses of all base models together. */
  readonly entries: readonly LicenseEntry[];
  readonly claims: readonly LicenseClaim[];
  readonly conflicts: LicenseVerdict["conflicts"];
  /** About the terms of the base models' licenses. */
  readonly doubts: readonly string[];
  /** Base models of which nothing is known, or not all. */
  readonly gaps: readonly string[];
  /** The repository whose terms the model does not name, else the strictest one; null without base models. */
  readonly floor: string | null;
  /** Terms that the model's own evidence leaves out. */
  readonly dropped: readonly LicenseEntry[];
}

const GAPS: Readonly<Record<LineageGap, string>> = {
  missing: "is not on the Hub, or not for everybody",
  unreadable: "could not be read",
  "no-repository": "is the name of no repository",
  "too-many": "was not looked at: there are too many",
};

/** @param ancestors nearest first @param repo the model's own, to see where it is called the base of its bases */
export function weighLineage(
  own: Pick<Standing, "declared" | "concluded">,
  ancestors: readonly Ancestor[],
  repo: string | undefined,
): Lineage {
  const known = ancestors.flatMap((one) =>
    "gap" in one ? [] : [{ ...one, standing: standingWithLink(one, ancestors) }],
  );
  const gaps = ancestors.flatMap((one) => ("gap" in one ? [`the base model ${one.repo} ${GAPS[one.gap]}`] : []));
  const [rootless] = gaps.length === 0 ? withoutRoot(known, repo) : [];
  if (rootless !== undefined) gaps.push(`the base models of ${rootless} lead back to itself: their root is unknown`);

  const conflicts: LicenseVerdict["conflicts"][number][] = [];
  const dropped: LicenseEntry[] = [];
  let floor: string | null = null;
  // From the roots: what a quantization of a quantization drops is its root's.
  for (const { repo, standing } of known.toReversed()) {
    const fresh = droppedTerms(own.concluded, standing.concluded).filter(
      (entry) => !dropped.some((one) => one.id === entry.id),
    );
    if (fresh.length === 0) continue;
    dropped.push(...fresh);
    floor ??= repo;
    conflicts.push(lineageConflict(own, repo, fresh));
  }
  const strictest = known
    .toReversed()
    .reduce<(typeof known)[number] | undefined>(
      (most, one) =>
        most === undefined || strictness(one.standing.concluded) > strictness(most.standing.concluded) ? one : most,
      undefined,
    );
  return {
    entries: uniqueEntries(known.flatMap(({ standing }) => standing.concluded)),
    claims: [
      ...known.flatMap(({ repo, standing }) =>
        standing.claims.map((claim) => ({ ...claim, source: `${repo}: ${claim.source}` })),
      ),
      ...ancestors.flatMap((one) => ("gap" in one ? [{ source: one.repo, value: one.gap, entries: [] }] : [])),
    ],
    conflicts,
    doubts: known.flatMap(({ repo, standing }) => standing.doubts.map((doubt) => `base model ${repo}: ${doubt}`)),
    gaps: [...gaps, ...known.flatMap(({ repo, standing }) => standing.gaps.map((gap) => `base model ${repo}: ${gap}`))],
    floor: floor ?? strictest?.repo ?? null,
    dropped,
  };
}

/** With what the card's link adds. */
function standingWithLink(one: RepoEvidence & { readonly repo: string }, bases: readonly Ancestor[]): Standing {
  const [standing, link] = [standingOf(one), weighLink(one.card, { ...one, ancestors: bases })];
  return {
    ...standing,
    claims: [...standing.claims, ...link.claims],
    gaps: [...standing.gaps, ...link.gaps],
  };
}

/** Those whose base models lead in a circle. A base model that is not among them is a root, or was renamed to one. */
function withoutRoot(
  known: readonly { readonly repo: string; readonly card: ModelCard }[],
  itself: string | undefined,
): readonly string[] {
  let left = known;
  for (;;) {
    const names = new Set([itself, ...left.map(({ repo }) => repo)]);
    const next = left.filter(({ repo, card }) => card.baseModels.some((base) => base !== repo && names.has(base)));
    if (next.length === left.length) return left.map(({ repo }) => repo);
    left = next;
  }
}

/**
 * Terms of a base model that bind whoever passes it on, and that the model neither names nor exceeds. A license without
 * such terms may be replaced; an unknown one is a doubt, not a contradiction.
 */
function droppedTerms(own: readonly LicenseEntry[], base: readonly LicenseEntry[]): readonly LicenseEntry[] {
  if (isOpen(own) || strictness(own) > strictness(base)) return [];
  return base.filter(
    (entry) =>
      !isFree(entry) && entry.class !== "unknown" && !own.some((one) => covers(one, entry) || covers(entry, one)),
  );
}

function lineageConflict(
  { declared, concluded }: Pick<Standing, "declared" | "concluded">,
  repo: string,
  dropped: readonly LicenseEntry[],
): LicenseVerdict["conflicts"][number] {
  const ids = (entries: readonly LicenseEntry[]) => [...new Set(entries.map(({ id }) => id))].join(", ");
  const explanation = `The model says ${ids(concluded)}; its base model ${repo} is under ${ids(dropped)}, which holds for all that is made from it.`;
  return { kind: "looser-than-base", declared: ids(declared), found: ids(dropped), source: repo, explanation };
}
