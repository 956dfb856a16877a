// What the licenses of a model ask of its user, in plain words (conditions.json; our own summary, not legal advice).
import { createRequire } from "node:module";
import type { LicenseVerdict } from "../model/types.js";
import type { LicenseCondition, LicenseEntry } from "./catalogue.js";

/** What brings an obligation into force; null for a fact that obliges to nothing. */
export type Trigger = "use" | "share" | "host" | "train" | "scale" | "commercial-use" | "lawsuit";

/** `{name}` in a text is a parameter of the condition; a part in [] falls away when its parameter is absent. */
export interface ConditionText {
  readonly trigger: Trigger | null;
  readonly text: string;
}

type Obligation = LicenseVerdict["obligations"][number];

/** When an obligation comes into force; words that stand before it. */
export const TRIGGER_WORDS: Readonly<Record<string, string>> = {
  use: "when you use it",
  share: "when you share it",
  host: "when you serve it to others",
  train: "when you train on it or its outputs",
  scale: "when you are that large",
  "commercial-use": "when you earn with it",
  lawsuit: "when you sue",
};

let texts: Readonly<Record<string, ConditionText>> | undefined;

/** All obligations of all licenses, each once. */
export function listObligations(entries: readonly LicenseEntry[]): readonly Obligation[] {
  const all = entries.flatMap(({ conditions }) => conditions.flatMap(toObligation));
  return [...new Map(all.map((obligation) => [obligation.text, obligation])).values()];
}

/** Text and trigger of every condition key. */
export function conditionTexts(): Readonly<Record<string, ConditionText>> {
  texts ??= createRequire(import.meta.url)("./conditions.json") as Readonly<Record<string, ConditionText>>;
  return texts;
}

function toObligation(condition: LicenseCondition): Obligation[] {
  const known = conditionTexts()[condition.key];
  if (!known || known.trigger === null) return [];
  return [{ id: condition.key, text: fillIn(known.text, condition), trigger: known.trigger }];
}

function fillIn(text: string, condition: LicenseCondition): string {
  return text
    .replace(/\[([^\]]*)\]/g, (_, part: string) =>
      [...part.matchAll(/\{(\w+)\}/g)].every(([, name = ""]) => condition[name] !== undefined) ? part : "",
    )
    .replace(/\{(\w+)\}/g, (_, name: string) => show(condition[name] ?? ""));
}

function show(value: LicenseCondition[string]): string {
  if (typeof value === "number") return value.toLocaleString("en-US");
  return typeof value === "string" ? value : new Intl.ListFormat("en-GB").format(value);
}
