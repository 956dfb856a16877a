// Sizes inside reasons, which are sentences for people. (Tables and progress have ui's formatter.)
import type { Bytes } from "../model/types.js";

/** `4.9 GB`, `512 MB`. */
export function say(bytes: Bytes): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}
