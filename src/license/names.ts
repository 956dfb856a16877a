// Models whose license people drop when they upload them again, told by the name they keep. A hint, never a proof.
import { findLicenses, type LicenseEntry } from "./catalogue.js";

/** A part of the repository's name, and the license that such models have. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/distill-llama-70b/, "llama3.3"],
  [/distill-llama-8b/, "llama3.1"],
  [/(?<!tiny|open)llama-?2-(?=\d+b|chat)/, "llama2"],
  [/(?<!tiny|open)llama-?3[._]1(?!\d)/, "llama3.1"],
  [/(?<!tiny|open)llama-?3[._]2(?!\d)/, "llama3.2"],
  [/(?<!tiny|open)llama-?3[._]3(?!\d)/, "llama3.3"],
  [/(?<!tiny|open)llama-?3(?![._]?\d)/, "llama3"],
  [/(?<!tiny|open)llama-?4(?![._]?\d)/, "llama4"],
  [/gemma-?[23](?![._]?\d)|gemma-[27]b/, "gemma"],
  [/falcon-180b/, "falcon-180b"],
  [/blip2-opt|opt-175b/, "opt-175b-license"],
  [/(?:pixtral|mistral)-large-(?:instruct-)?24/, "mrl"],
  [/qwen2\.5-3b/, "qwen-research"],
  [/qwen2\.5-72b/, "qwen"],
];

/** The license that the model's name suggests; undefined for most names. @param repo `org/name` */
export function namedLicense(repo: string): LicenseEntry | undefined {
  const name = (repo.split("/")[1] ?? "").toLowerCase();
  const id = NAMES.find(([pattern]) => pattern.test(name))?.[1];
  return id === undefined ? undefined : findLicenses(id)[0];
}
