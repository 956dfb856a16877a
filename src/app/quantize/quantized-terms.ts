// What a quantized file says of its license: what is known of the source's, of which its header may tell less.
import { generalPairs } from "../../convert/general.js";
import type { MetadataValue } from "../../gguf/values.js";
import { findLicenses, idsIn } from "../../license/catalogue.js";
import { strictness } from "../../license/strictness.js";
import type { QuantizeCall } from "../../quantize/job.js";
import type { JudgedLocal } from "../license/local-policy.js";

/** As wide as llama.cpp lets a word of the metadata be, in bytes. */
const MOST = 127;

/**
 * The license that was concluded, with the card's name and link of it, and the models that it was made from; nothing of what the source's
 * own metadata says already.
 */
export function quantizedTerms(
  { judge, evidence, stored }: Pick<JudgedLocal, "judge" | "evidence" | "stored">,
  metadata: ReadonlyMap<string, MetadataValue>,
): QuantizeCall["metadata"] {
  const { licenseName, licenseLink, baseModels = [] } = evidence?.card ?? {};
  const isMadeKnown = metadata.has("general.base_model.count");
  const origin = baseModels.length > 0 ? baseModels : [stored?.repo ?? ""].filter((repo) => repo !== "");
  const facts = {
    name: "",
    license: fitting(idsIn(judge([]).id)),
    ...(licenseName !== undefined && { licenseName }),
    ...(licenseLink !== undefined && { licenseLink }),
    baseModels: isMadeKnown ? [] : origin,
  };
  return generalPairs(facts, {}).flatMap(([key, { value }]) => {
    if (key === "general.name" || (typeof value !== "string" && typeof value !== "number")) return [];
    if (metadata.get(key) === value || (typeof value === "string" && Buffer.byteLength(value) > MOST)) return [];
    return [[key, value] as const];
  });
}

/** Of more licenses than a word can hold the strictest. */
function fitting(ids: readonly string[]): string {
  const rank = (id: string) => strictness(findLicenses(id));
  const kept: string[] = [];
  for (const id of [...ids].sort((a, b) => rank(b) - rank(a))) {
    if (Buffer.byteLength([...kept, id].join(",")) <= MOST) kept.push(id);
  }
  return ids.filter((id) => kept.includes(id)).join(",");
}
