// Sizes and names inside reasons, which are sentences for people. (Tables and progress have ui's formatter.)
import type { Bytes, GgufVariant } from "../model/types.js";

/** `4.9 GB`, `512 MB`. */
export function say(bytes: Bytes): string {
  return bytes > 999e6 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}

/** What is needed and the less that there is, in a unit that shows the difference. */
export function sayShortage(need: Bytes, have: Bytes): readonly [need: string, have: string] {
  const [more, less] = [say(need), say(have)];
  return more === less ? [`${Math.ceil(need / 1e6)} MB`, `${Math.floor(have / 1e6)} MB`] : [more, less];
}

/** The quantization, or the file where its name tells none. */
export function sayVariant({ quant, files }: GgufVariant): string {
  return quant === "unknown" ? files[0].path : quant;
}
