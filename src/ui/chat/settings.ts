// What /set can change, as data. Names and ranges are those of the flags of `oslm run`.
import {
  ANSWER_BOUNDS,
  type AnswerNumber,
  type AnswerNumbers,
  boundsText,
  isWithin,
} from "../../model/answer-bounds.js";
import { suggest } from "../../model/suggest.js";

export interface Settings extends AnswerNumbers {
  readonly stop?: readonly string[];
  /** Whether thinking is shown as it comes; folded to one line otherwise. */
  readonly thinking?: "show" | "fold";
}

interface Setting {
  readonly name: string;
  readonly key: keyof Settings;
  readonly help: string;
  /** What to type for it. */
  readonly form: string;
  /** The value; undefined for what makes no sense. */
  read(text: string): Settings[keyof Settings] | undefined;
}

/** What takes a setting back to what the flags said, else to the model's own recommendation. */
const DEFAULT = "default";

export const SETTINGS: readonly Setting[] = [
  number("temp", "temp", "randomness; 0 always takes the likeliest token"),
  number("top-p", "topP", "draw from the likeliest tokens that make up this probability"),
  number("top-k", "topK", "draw from so many tokens; 0 from all"),
  number("min-p", "minP", "leave out tokens below this share of the likeliest"),
  number("repeat-penalty", "repeatPenalty", "make what was said less likely; 1 does not"),
  number("presence-penalty", "presencePenalty", "the same, once for each token that was said"),
  number("frequency-penalty", "frequencyPenalty", "the same, for each time it was said"),
  number("repeat-last-n", "repeatLastN", "how many tokens the penalties look back"),
  number("seed", "seed", "the same seed gives the same answer"),
  number("max-tokens", "maxTokens", "end an answer after so many tokens"),
  { name: "stop", key: "stop", help: "end an answer before this text", form: "text", read: (text) => [text] },
  {
    name: "thinking",
    key: "thinking",
    help: "show a model's thinking as it comes, or fold it to one line",
    form: "show or fold",
    read: (text) => (text === "show" || text === "fold" ? text : undefined),
  },
];

/** The settings after `/set NAME VALUE`; a sentence when that makes no sense. `start` is what the flags said. */
export function changeSetting(now: Settings, start: Settings, words: string): Settings | string {
  const [, name = "", value = ""] = /^(\S*)\s*([\s\S]*)$/.exec(words.trim()) ?? [];
  const setting = SETTINGS.find((one) => one.name === name.replaceAll("_", "-"));
  if (setting === undefined) {
    const names = SETTINGS.map((one) => one.name);
    const [near] = suggest(name, names);
    return `There is no setting ${name}${near ? `. Did you mean ${near}?` : `: ${names.join(", ")}.`}`;
  }
  if (value === "") return `/set ${setting.name} takes ${setting.form}, or ${DEFAULT}: ${setting.help}.`;
  const read = value === DEFAULT ? start[setting.key] : setting.read(value);
  if (read === undefined && value !== DEFAULT) return `${setting.name} must be ${setting.form}, or ${DEFAULT}.`;
  const { [setting.key]: _, ...others } = now;
  return read === undefined ? others : { ...others, [setting.key]: read };
}

/** A line for each setting. */
export function listSettings(now: Settings): string {
  const wide = Math.max(...SETTINGS.map(({ name }) => name.length));
  return SETTINGS.map(({ name, key, help }) => {
    const value = now[key];
    const shown = value === undefined ? "-" : Array.isArray(value) ? value.join(" | ") : String(value);
    return `${name.padEnd(wide)} ${shown.padEnd(8)} ${help}`;
  }).join("\n");
}

function number(name: string, key: AnswerNumber, help: string): Setting {
  const bounds = ANSWER_BOUNDS[key];
  const read = (text: string): number | undefined => {
    const value = Number(text);
    return isWithin(value, bounds) ? value : undefined;
  };
  return { name, key, help, form: boundsText(bounds), read };
}

/** Those of a record that make sense. */
export function readSettings(record: Readonly<Record<string, unknown>>): Settings {
  const sound = (setting: Setting): Settings[keyof Settings] | undefined => {
    const value = record[setting.key];
    if (setting.key === "stop") return isTexts(value) ? value : undefined;
    return typeof value === "number" || typeof value === "string" ? setting.read(String(value)) : undefined;
  };
  const all = SETTINGS.map((setting) => [setting.key, sound(setting)] as const);
  return Object.fromEntries(all.filter(([, value]) => value !== undefined)) as Settings;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string" && one !== "");
}
