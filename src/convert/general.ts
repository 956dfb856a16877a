// What a file says of itself beside its architecture: name, license, lineage, source, and how its publisher samples.
import type { MetadataPair } from "../gguf/write-header.js";
import type { JsonObject } from "./read-json.js";

export interface GeneralFacts {
  readonly name: string;
  /** An id, as model cards have it. */
  readonly license?: string;
  readonly licenseName?: string;
  readonly licenseLink?: string;
  /** Of the card, as it has them; the kind of work that the model is for is one of the tags. */
  readonly tags?: readonly string[];
  readonly languages?: readonly string[];
  /** `org/name` of each model that this one was made from. */
  readonly baseModels: readonly string[];
  /** The repository that the checkpoint is from. */
  readonly source?: { readonly url: string; readonly commit: string };
}

/** Keys: the list of docs/gguf.md and gguf-py's constants.py; `source.commit` is oslm's own. */
export function generalPairs(facts: GeneralFacts, generation: JsonObject): MetadataPair[] {
  const text = (key: string, value: string | undefined): MetadataPair[] =>
    value === undefined ? [] : [[`general.${key}`, { type: "string", value }]];
  const texts = (key: string, value: readonly string[] = []): MetadataPair[] =>
    value.length === 0 ? [] : [[`general.${key}`, { type: "string", value }]];
  const bases = facts.baseModels.slice(0, MAX_BASES);
  return [
    ...text("name", facts.name),
    ...text("license", facts.license),
    ...text("license.name", facts.licenseName),
    ...text("license.link", facts.licenseLink),
    ...texts("tags", facts.tags),
    ...texts("languages", facts.languages),
    ...(bases.length === 0 ? [] : [["general.base_model.count", { type: "uint32", value: bases.length }] as const]),
    ...bases.flatMap((base, at) => [
      ...text(`base_model.${at}.name`, base.split("/").at(-1)),
      ...text(`base_model.${at}.organization`, base.includes("/") ? base.split("/")[0] : undefined),
      ...text(
        `base_model.${at}.repo_url`,
        /^[\w.-]+\/[\w.-]+$/.test(base) ? `https://huggingface.co/${base}` : undefined,
      ),
    ]),
    ...text("source.url", facts.source && `${facts.source.url}/tree/${facts.source.commit}`),
    ...text("source.repo_url", facts.source?.url),
    ...text("source.commit", facts.source?.commit),
    ...sampling(generation),
  ];
}

const MAX_BASES = 64;

/** generation_config.json's names -> those that the engine reads. */
const NUMBERS = { temperature: "temp", top_p: "top_p", min_p: "min_p", repetition_penalty: "penalty_repeat" } as const;

function sampling(generation: JsonObject): MetadataPair[] {
  const pairs: MetadataPair[] = [];
  // Without do_sample the most likely token is taken and the rest is not meant.
  if (generation.do_sample === false) return pairs;
  const topK = generation.top_k;
  if (typeof topK === "number" && Number.isInteger(topK) && topK > 0) {
    pairs.push(["general.sampling.top_k", { type: "int32", value: Math.min(topK, 2 ** 31 - 1) }]);
  }
  for (const [name, key] of Object.entries(NUMBERS)) {
    const value = generation[name];
    if (typeof value === "number" && Number.isFinite(value) && value >= 0) {
      pairs.push([`general.sampling.${key}`, { type: "float32", value }]);
    }
  }
  return pairs;
}
