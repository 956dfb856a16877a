// The best few models of the catalog for a task on this machine.
import type { ChoiceWishes } from "../../fit/choose.js";
import { READING_SPEED } from "../../fit/speed.js";
import type { LicenseWishes } from "../../license/license-filter.js";
import type { World } from "../world.js";
import { type CatalogFit, type CatalogReport, fitCatalog, type Misfit, type Modality } from "./fit-catalog.js";
import { monthOf, worthOf } from "./worth-of.js";

const COUNT = 5;

/** To chat is a task of models for text, with or without images, that were trained to answer. */
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
 * Of each publisher the model that promises most, best first: size, age and speed together. Where none fits at Q4 quality or
 * better, whatever loses least. Nothing is known here of how good a model is at anything: the catalog cannot say.
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
  const ranked = decent.length > 0 ? mostPromisingFirst(decent) : trained;
  const picked = firstOfEachPublisher(ranked).slice(0, COUNT);
  const told = picked.map((one) => ({ ...one, why: whyOf(one) }));
  return { task, host, models: told, nearest: nearestOf(models, nearest), rule: ruleOf(picked) };
}

function mostPromisingFirst(models: readonly CatalogFit[]): readonly CatalogFit[] {
  const newest = Math.max(...models.map(({ released }) => monthOf(released) ?? 0));
  return [...models].sort((a, b) => worthOf(b, newest) - worthOf(a, newest));
}

/** Whoever has published something better since recommends the older one as little. */
function firstOfEachPublisher(models: readonly CatalogFit[]): readonly CatalogFit[] {
  const whose = ({ vendor, title }: CatalogFit) => vendor || title;
  return models.filter((one, at) => models.findIndex((other) => whose(other) === whose(one)) === at);
}

/** One line: what stands in the row's other columns is not said again. */
function whyOf({ title, vendor, params, activeParams, runs, license, released }: CatalogFit): string {
  const speed = { well: "at reading speed", slowly: "below reading speed", poorly: "below Q4" }[runs];
  const whole = billions(params);
  const size = activeParams === null ? whole : `${whole}, ${billions(activeParams)} at work,`;
  const whose = vendor === "" ? title : `${title} by ${vendor}`;
  return `${whose}; ${size}${released === null ? "" : ` of ${released}`}, ${speed}; commercial use ${license.commercialUse}`;
}

function billions(params: number): string {
  return `${Number((params / 1e9).toPrecision(2))}B`;
}

function ruleOf(picked: readonly CatalogFit[]): string {
  const has = (wanted: CatalogFit["runs"]) => picked.some(({ runs }) => runs === wanted);
  if (has("poorly")) {
    return "none fits at Q4 quality or better, so of each publisher the one that loses least; expect noticeably worse answers";
  }
  const slow = has("well") ? `under ${READING_SPEED} tokens/s` : `none reaches ${READING_SPEED} tokens/s here`;
  return `of each publisher the one that promises most at Q4 quality or better; a year newer counts as twice the parameters, and less counts what is slow (${slow}), only continues text or bars commercial use`;
}

/** What fits but was not trained for so long a context is as near as what would fit with a shorter one. */
function nearestOf(models: readonly CatalogFit[], misfit: Misfit | null): Misfit | null {
  const beyond = models.filter(({ estimate, trainedFor }) => estimate.ctx > trainedFor);
  const [longest] = beyond.sort((a, b) => b.trainedFor - a.trainedFor);
  if (longest === undefined || longest.trainedFor <= (misfit?.instead ?? 0)) return misfit;
  return { name: longest.name, needs: longest.estimate.total, instead: longest.trainedFor };
}
