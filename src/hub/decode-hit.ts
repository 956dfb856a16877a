// One entry of the Hub's list of models. Anybody can upload a card that makes no sense: it spoils no search, and says nothing.
import { plain } from "../model/plain.js";
import { isRepoId, type ModelCard, type RepoId, type RepoSnapshot } from "../model/types.js";
import { decodeCard } from "./decode.js";
import { decodeWeights, type ReadWeights } from "./decode-weights.js";

export interface ModelHit {
  readonly repo: RepoId;
  readonly card: ModelCard;
  /** null where the Hub does not say, as below. */
  readonly gated: RepoSnapshot["gated"] | null;
  /** Of the last month. */
  readonly downloads: number | null;
  readonly likes: number | null;
  /** ISO 8601, UTC. */
  readonly updatedAt: string | null;
  /** As the Hub labels it. */
  readonly pipeline: string | null;
  readonly weights: ReadWeights;
}

/** Nothing for what has no name that can be asked for again. */
export function decodeHit(value: unknown): readonly ModelHit[] {
  const entry: Readonly<Record<string, unknown>> = typeof value === "object" && value !== null ? { ...value } : {};
  const { id, gated, tags } = entry;
  if (typeof id !== "string" || !isRepoId(id)) return [];
  return [
    {
      repo: id,
      card: withLicenseTags(cardOf(entry.cardData), tags),
      gated: gated === false || gated === "auto" || gated === "manual" ? gated : null,
      downloads: countOf(entry.downloads),
      likes: countOf(entry.likes),
      updatedAt: timeOf(entry.lastModified),
      pipeline: typeof entry.pipeline_tag === "string" ? plain(entry.pipeline_tag).slice(0, 100) : null,
      weights: decodeWeights(entry),
    },
  ];
}

function cardOf(value: unknown): ModelCard {
  try {
    return decodeCard("", value);
  } catch {
    return { license: [], baseModels: [] };
  }
}

/** The Hub takes them from the card: they only speak where it is silent. */
function withLicenseTags(card: ModelCard, tags: unknown): ModelCard {
  if (card.license.length > 0 || !Array.isArray(tags)) return card;
  const license = tags.flatMap((tag: unknown) => {
    return typeof tag === "string" && tag.startsWith("license:") ? [tag.slice("license:".length)] : [];
  });
  return { ...card, license };
}

function countOf(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function timeOf(value: unknown): string | null {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
