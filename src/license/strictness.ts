// Which of two licenses gives less.
import { LICENSE_CLASSES, type LicenseClass, type LicenseVerdict } from "../model/types.js";
import type { LicenseEntry } from "./catalogue.js";

const COMMERCIAL: readonly LicenseVerdict["commercialUse"][] = ["allowed", "conditional", "unknown", "forbidden"];

/** A rank, greater for stricter; of several licenses that of the strictest. */
export function strictness(entries: readonly LicenseEntry[]): number {
  return Math.max(-1, ...entries.map((entry) => LICENSE_CLASSES.indexOf(entry.class)));
}

/** No conditions beyond notices: whatever is built on it may stand under other terms too. */
export function isFree(entry: LicenseEntry): boolean {
  return entry.class === "public-domain" || entry.class === "permissive";
}

export function strictestClass(entries: readonly LicenseEntry[]): LicenseClass {
  return LICENSE_CLASSES[strictness(entries)] ?? "unknown";
}

/** @param open something about the licenses could not be found out */
export function narrowestUse(entries: readonly LicenseEntry[], open: boolean): LicenseVerdict["commercialUse"] {
  const uses = [...entries.map((entry) => entry.commercialUse), ...(open ? ["unknown" as const] : [])];
  return COMMERCIAL[Math.max(...uses.map((use) => COMMERCIAL.indexOf(use)))] ?? "unknown";
}
