// What a model is worth here, by the little that the catalog knows of it: its size, its age, and how fast it would write.
import { READING_SPEED } from "../../fit/speed.js";
import type { CatalogFit } from "./fit-catalog.js";

/** A year makes up for twice the parameters: our own reading of the families in the catalog, whose makers tell nothing comparable. */
const MONTHS_A_DOUBLING = 12;
/** Half the reading speed costs as much as four times the parameters bring: patience ends before quality does. */
const COST_OF_WAITING = 2;

/** What only goes on with a text comes after what answers, unless that is much older. */
const COST_OF_A_BASE = 2;
/** Of what nobody may use commercially. */
const COST_OF_A_LICENSE = 1;

/**
 * In doublings; only differences mean something.
 * @param now the month that ages are counted from, by `monthOf`
 */
export function worthOf(model: CatalogFit, now: number): number {
  const waiting = Math.max(0, Math.log2(READING_SPEED / model.tokensPerSecond));
  const age = now - (monthOf(model.released) ?? now - UNKNOWN_AGE);
  const untrained = model.base ? COST_OF_A_BASE : 0;
  const unusable = model.license.commercialUse === "forbidden" ? COST_OF_A_LICENSE : 0;
  return Math.log2(effective(model)) - untrained - unusable - age / MONTHS_A_DOUBLING - COST_OF_WAITING * waiting;
}

/** Of an entry without a date. */
const UNKNOWN_AGE = 24;

/** A mixture of experts does less than a dense model of its size and more than one of what is at work: our own reading again. */
function effective({ params, activeParams }: CatalogFit): number {
  return Math.cbrt(params * params * (activeParams ?? params));
}

/** Months since the year 0. */
export function monthOf(released: string | null): number | undefined {
  if (released === null) return undefined;
  const [year = 0, month = 0] = released.split("-").map(Number);
  return year * 12 + month;
}
