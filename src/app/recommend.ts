// The best few models of the catalog for a task on this machine.

import type { ChoiceWishes } from "../fit/choose.js";
import { READING_SPEED } from "../fit/speed.js";
import type { LicenseWishes } from "../license/license-filter.js";
import {
  type CatalogFit,
  type CatalogReport,
  firstOfEachFamily,
  fitCatalog,
  type Misfit,
  type Modality,
} from "./fit-catalog.js";
import type { World } from "./world.js";

/** Models improve faster than they grow: what is older than this is beaten by smaller ones since. */
const RECENT_MONTHS = 18;
const COUNT = 5;

/** To chat is a task of models for text that were trained to answer. */
export type Task = Modality | "chat";

export interface RecommendedModel extends CatalogFit {
  /** Why it is among the few, for people. */
  readonly why: string;
}

export interface Recommendation extends Pick<CatalogReport, "host" | "nearest"> {
  readonly task: Task;
  /** Best first. */
  readonly models: readonly RecommendedModel[];
  /** How they were chosen, for people. */
  readonly rule: string;
}

/**
 * Of each family the largest model that runs well; of these the recent ones, largest first. Where they are few, the fastest of Q4
 * quality or better in other families; where none has that quality, whatever loses least. Nothing is known here of how good a model
 * is at anything: size and age are all that the catalog can say.
 */
export async function recommend(
  world: World,
  task: Task,
  wishes: ChoiceWishes,
  license: LicenseWishes = {},
): Promise<Recommendation> {
  const { host, models, nearest } = await fitCatalog(world, wishes, { ...license, task });
  const trained = models.filter(({ estimate, trainedFor }) => estimate.ctx <= trainedFor);
  const decent = trained.filter(({ runs }) => runs !== "poorly");
  const well = recentFirst(decent.filter(({ runs }) => runs === "well"));
  const slow = decent.filter(({ runs }) => runs === "slowly");
  const picked = firstOfEachFamily(decent.length > 0 ? [...well, ...slow] : trained).slice(0, COUNT);
  const told = picked.map((one) => ({ ...one, why: whyOf(one) }));
  return { task, host, models: told, nearest: nearestOf(models, nearest), rule: ruleOf(picked) };
}

/** One line: what stands in the row's other columns is not said again. */
function whyOf({ title, params, runs, license, released }: CatalogFit): string {
  const first = {
    well: `largest ${title} at reading speed`,
    slowly: `fastest ${title}, below reading speed`,
    poorly: `${title} of the least loss, below Q4`,
  }[runs];
  const size = `${Number((params / 1e9).toPrecision(2))}B${released === null ? "" : ` of ${released}`}`;
  return `${first}; ${size}; commercial use ${license.commercialUse}`;
}

function ruleOf(picked: readonly CatalogFit[]): string {
  const has = (wanted: CatalogFit["runs"]) => picked.some(({ runs }) => runs === wanted);
  if (has("poorly")) {
    return "none fits at Q4 quality or better, so of each family the one that loses least; expect noticeably worse answers";
  }
  const fastest = has("well")
    ? "then the fastest of other families, which do not reach that"
    : `none reaches ${READING_SPEED} tokens/s at Q4 quality or better here, so of each family the fastest of that quality`;
  const largest = `of each family the largest that fits at Q4 quality or better and reaches ${READING_SPEED} tokens/s; those of the newest ${RECENT_MONTHS} months first`;
  return [...(has("well") ? [largest] : []), ...(has("slowly") ? [fastest] : [])].join("; ");
}

/** What fits but was not trained for so long a context is as near as what would fit with a shorter one. */
function nearestOf(models: readonly CatalogFit[], misfit: Misfit | null): Misfit | null {
  const beyond = models.filter(({ estimate, trainedFor }) => estimate.ctx > trainedFor);
  const [longest] = beyond.sort((a, b) => b.trainedFor - a.trainedFor);
  if (longest === undefined || longest.trainedFor <= (misfit?.instead ?? 0)) return misfit;
  return { name: longest.name, needs: longest.estimate.total, instead: longest.trainedFor };
}

function recentFirst(models: readonly CatalogFit[]): readonly CatalogFit[] {
  return [...models.filter((one) => isRecent(one, models)), ...models.filter((one) => !isRecent(one, models))];
}

function isRecent({ released }: CatalogFit, among: readonly CatalogFit[]): boolean {
  return monthOf(released) > Math.max(...among.map((one) => monthOf(one.released))) - RECENT_MONTHS;
}

/** Months since the year 0; 0 for an unknown one. */
function monthOf(released: string | null): number {
  const [year = 0, month = 0] = (released ?? "").split("-").map(Number);
  return year * 12 + month;
}
