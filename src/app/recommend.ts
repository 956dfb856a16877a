// The best few models of the catalog for a task on this machine.

import type { ChoiceWishes } from "../fit/choose.js";
import { READING_SPEED } from "../fit/speed.js";
import { type CatalogFit, type CatalogReport, fitCatalog, type Modality } from "./fit-catalog.js";
import type { World } from "./world.js";

/** Models improve faster than they grow: what is older than this is beaten by smaller ones since. */
const RECENT_MONTHS = 18;
const COUNT = 5;

export interface Recommendation extends Pick<CatalogReport, "host"> {
  readonly task: Modality;
  /** Best first. */
  readonly models: readonly CatalogFit[];
  /** How they were chosen, for people. */
  readonly rule: string;
}

/**
 * Of each family the largest model that fits at Q4 quality or better and is expected to reach reading speed; of these the recent ones,
 * largest first. Nothing is known here of how good a model is at anything: size and age are all that the catalog can say.
 */
export async function recommend(world: World, task: Modality, wishes: ChoiceWishes): Promise<Recommendation> {
  const { host, models } = await fitCatalog(world, wishes, { task });
  const good = models.filter(({ decent, tokensPerSecond }) => decent && tokensPerSecond >= READING_SPEED);
  const newest = good.map(({ released }) => monthOf(released)).reduce((a, b) => Math.max(a, b), 0);
  const recent = largestOfEach(good.filter(({ released }) => monthOf(released) > newest - RECENT_MONTHS));
  const older = largestOfEach(good).filter(({ name }) => !recent.some((one) => familyOf(one.name) === familyOf(name)));
  const picked = [...recent, ...older].slice(0, COUNT);
  const rule = `of each family the largest that fits at Q4 quality or better and reaches ${READING_SPEED} tokens/s; those of the last ${RECENT_MONTHS} months first`;
  return { task, host, models: picked, rule };
}

/** Months since the year 0; 0 for an unknown one. */
function monthOf(released: string | null): number {
  const [year = 0, month = 0] = (released ?? "").split("-").map(Number);
  return year * 12 + month;
}

/** They are sorted: the first of a family is its largest. */
function largestOfEach(models: readonly CatalogFit[]): readonly CatalogFit[] {
  return models.filter(({ name }, index) => models.findIndex((one) => familyOf(one.name) === familyOf(name)) === index);
}

function familyOf(name: string): string {
  return name.slice(0, name.indexOf(":"));
}
