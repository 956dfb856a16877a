// The way in which a byte-level vocabulary cuts texts, by the engine's name for it, from what its own tokenizer.json says. A wrong one would
// go unseen: the model would read each text in tokens that it rarely met in training.
import { OslmError } from "../../errors.js";
import type { JsonObject } from "../read-json.js";
import { malformed, shown } from "./malformed.js";
import { PRE_TOKENIZERS, type PreTokenizer } from "./pre-tokenizers.js";
import { FILE, stepsOf } from "./tokenizer-json.js";

/**
 * @param config tokenizer_config.json, which overrules a space before each text
 * @throws OslmError unsupported-checkpoint naming the steps, where the engine has no name for them
 */
export function preTokenizerOf(tokenizer: JsonObject, config: JsonObject | null, ignoreMerges: boolean): PreTokenizer {
  const nfc = normalizationOf(tokenizer).length > 0;
  const cleansSpaces = config?.clean_up_tokenization_spaces !== false;
  const steps = stepsOf(tokenizer.pre_tokenizer, "pretokenizers").flatMap((step) => said(step, config));
  const known = PRE_TOKENIZERS.filter((entry) => entry.steps.join("\n") === steps.join("\n"));
  const facts = { ignoreMerges, nfc, cleansSpaces };
  const fits = (entry: (typeof known)[number], loose: boolean) =>
    (["ignoreMerges", "nfc", "cleansSpaces"] as const).every(
      (fact) => entry[fact] === undefined || entry[fact] === facts[fact] || (loose && fact === "ignoreMerges"),
    );
  const found = known.find((entry) => fits(entry, false)) ?? known.find((entry) => fits(entry, true));
  if (found !== undefined) return found;
  throw new OslmError("unsupported-checkpoint", {
    what: `a tokenizer that cuts texts by ${steps.length === 0 ? "nothing" : steps.map((step) => shown(step, 500)).join(", then ")}`,
    known: PRE_TOKENIZERS.map(({ name }) => name),
  });
}

/**
 * Composed characters alone are what can be left out, and is named: texts have them already, nearly always.
 * @throws OslmError unsupported-checkpoint for whatever else would be done to a text
 */
export function normalizationOf(tokenizer: JsonObject): readonly string[] {
  const steps = stepsOf(tokenizer.normalizer, "normalizers");
  for (const { type } of steps) {
    if (type !== "NFC") {
      throw new OslmError("unsupported-checkpoint", {
        what: `a tokenizer that changes texts by ${shown(type)}`,
        known: ["NFC"],
      });
    }
  }
  return steps.length > 0 ? ["the normalization NFC"] : [];
}

/** A step in the words of the table; none for what only turns bytes into letters. */
function said(step: JsonObject, config: JsonObject | null): readonly string[] {
  switch (step.type) {
    case "ByteLevel":
      if (step.add_prefix_space === true && config?.add_prefix_space !== false) return ["a space before each text"];
      return step.use_regex === false ? [] : ["words"];
    case "Digits":
      return [step.individual_digits === true ? "digits each" : "digits together"];
    case "Punctuation":
      return [`punctuation ${step.behavior ?? "Isolated"}`];
    case "Split":
      return [splitOf(step)];
    default:
      return [String(step.type)];
  }
}

function splitOf({ pattern, behavior, invert }: JsonObject): string {
  const by = (pattern ?? {}) as JsonObject;
  const regex = by.Regex;
  if (typeof regex !== "string" && typeof by.String !== "string")
    throw malformed(FILE, `${shown(pattern)} is no pattern`);
  if (typeof regex !== "string") return `split at ${shown(by.String)}`;
  // What lies between matches is dropped or kept: nothing does where the last choice is any space.
  const same = behavior === "Removed" && invert === true && regex.endsWith("|\\s+");
  return same || (behavior === "Isolated" && invert !== true) ? `split ${regex}` : `${behavior} ${invert} ${regex}`;
}
