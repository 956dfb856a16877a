// What comes closest to a quantization or size that there is not.
import { bitsPerWeight } from "./quant.js";

const UNITS: Readonly<Record<string, number>> = { m: 1e6, b: 1e9, t: 1e12 };

/** The one with the most similar number of bits; the first where that of the wanted one is not known. */
export function nearestQuant(wanted: string, available: readonly string[]): string | undefined {
  return nearest(bitsPerWeight(wanted), available, bitsPerWeight);
}

/** `7b` for `8b`: the most similar number of parameters; the first where the wanted one is no number. */
export function nearestSize(wanted: string, sizes: readonly string[]): string | undefined {
  return nearest(parameters(wanted), sizes, parameters);
}

function nearest(
  wanted: number | undefined,
  all: readonly string[],
  measure: (one: string) => number | undefined,
): string | undefined {
  if (wanted === undefined) return all[0];
  const distance = (one: string) => Math.abs(Math.log((measure(one) ?? Number.POSITIVE_INFINITY) / wanted));
  return [...all].sort((a, b) => compare(distance(a), distance(b)))[0];
}

/** Infinity minus itself is no number. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function parameters(size: string): number | undefined {
  const [, count, unit = ""] = /^e?(\d+(?:\.\d+)?)([mbt])/i.exec(size) ?? [];
  const number = Number(count) * (UNITS[unit.toLowerCase()] ?? 0);
  return number > 0 ? number : undefined;
}
