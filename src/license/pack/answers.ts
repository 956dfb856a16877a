// How a pack answers the obligations that oslm knows something about; all others are left to whoever passes the model on.
import type { LicenseCondition, LicenseEntry } from "../catalogue.js";
import { hasPrefix } from "../name-prefix.js";
import { wasChanged } from "./changes-file.js";
import type { PackRequest } from "./pack.js";
import type { PackText } from "./texts.js";

/** A license and the words that it fixes for NOTICE: undefined for none, null where they are not known. */
export interface Wording {
  readonly entry: LicenseEntry;
  readonly wording: string | null | undefined;
}

export interface PackFacts extends PackRequest {
  readonly entries: readonly LicenseEntry[];
  readonly texts: readonly PackText[];
  readonly wordings: readonly Wording[];
}

/** A condition and the license that it is of. */
export interface Asked {
  readonly entry: LicenseEntry;
  readonly condition: LicenseCondition;
}

export interface Answer {
  readonly done: boolean;
  /** Where, or why not. */
  readonly note?: string;
  /** What the license does not let the model be passed on without. */
  readonly missing?: readonly string[];
}

const STANDARD = " (the standard text: no repository holds one)";

/** By condition key, for all licenses that have it together. */
export const ANSWERS: Readonly<Record<string, (facts: PackFacts, asked: readonly Asked[]) => Answer>> = {
  "include-license": ({ texts }, asked) => {
    const found = asked.map(({ entry }) => ({ entry, text: texts.find(({ is }) => is.includes(entry.id)) }));
    const absent = found.flatMap(({ entry, text }) => (text === undefined ? [entry] : []));
    const strange = texts.filter(({ kind, is }) => kind === "text" && is.length === 0).map(({ path }) => path);
    const perhaps = strange.length > 0 ? `; ${strange.join(", ")} may be it, but oslm does not know that text` : "";
    if (absent.length > 0)
      return { done: false, missing: absent.map((entry) => `the text of ${name(entry)}${perhaps}`) };
    const places = found.map(({ text }) => `${text?.path}${text?.origin === "standard" ? STANDARD : ""}`);
    return { done: true, note: `in ${unique(places).join(", ")}` };
  },
  "attribution-notice": ({ texts }, asked) => {
    const standard = texts.filter(({ origin }) => origin === "standard");
    const own = standard.filter(({ is }) => asked.some(({ entry }) => is.includes(entry.id)));
    const blank = own.filter(({ hasBlanks }) => hasBlanks);
    if (blank.length > 0) {
      const ask = (path: string | null) =>
        `year and holder of the copyright, which ${path} leaves blank: ask the publisher`;
      return { done: false, missing: blank.map(({ path }) => ask(path)) };
    }
    if (own.length > 0) return { done: false, note: "the repository holds no notice; its card or its files may" };
    return { done: true, note: "in the license texts and in NOTICE, as they were published" };
  },
  "notice-file": ({ wordings }) => {
    const unknown = wordings.filter(({ wording }) => wording === null);
    return unknown.length === 0
      ? { done: true, note: "in NOTICE" }
      : {
          done: false,
          missing: unknown.map(({ entry }) => `the notice that ${name(entry)} asks for: its text has it`),
        };
  },
  "notice-file-if-present": ({ texts, evidence }) => {
    const kept = texts.filter(({ kind }) => kind === "notice").map(({ source }) => source);
    const found = kept.length > 0 ? `in NOTICE: ${kept.join(", ")}` : "none was found";
    if (evidence === undefined) return { done: false, note: "oslm has seen a file only, not its repository" };
    const unasked = evidence.ancestors.flatMap((one) =>
      "gap" in one || kept.some((source) => source.startsWith(`${one.repo}: `)) ? [] : [one.repo],
    );
    return unasked.length === 0
      ? { done: true, note: found }
      : { done: false, note: `${found}; look for a NOTICE in ${unasked.join(", ")}` };
  },
  "link-license": (_, asked) => ({
    done: asked.every(({ entry }) => entry.url !== null),
    note: "the links are in NOTICE",
  }),
  "state-changes": ({ changes, evidence }) =>
    wasChanged(changes, evidence)
      ? { done: true, note: "in CHANGES.md, as far as oslm knows them; add your own" }
      : { done: false, note: "oslm knows of no change; write yours into CHANGES.md" },
  "display-built-with": () => ({ done: false, note: "the words are in NOTICE; show them where your users look, too" }),
  "name-prefix": ({ name: asName }, asked) => {
    const wanted = asked.map(({ condition }) => String(condition.value));
    if (asName === undefined) return { done: false, note: "--name NAME checks the name that you will publish it by" };
    const wrong = wanted.filter((prefix) => !hasPrefix(asName, prefix));
    if (wrong.length === 0) return { done: true, note: `${asName} does` };
    return { done: false, missing: wrong.map((prefix) => `a name that begins with "${prefix}": ${asName} does not`) };
  },
  "use-restrictions": ({ texts }, asked) => (asked.some(hasPolicy) ? withPolicy(texts) : { done: false }),
  "no-redistribution": (_, asked) => {
    const whole = asked.filter(({ condition }) => condition.scope === undefined);
    return { done: false, missing: whole.map(({ entry }) => `permission to pass it on: ${name(entry)} gives none`) };
  },
  "no-derivatives": ({ changes, evidence }, asked) => ({
    done: false,
    missing: wasChanged(changes, evidence)
      ? asked.map(({ entry }) => `permission to pass on a changed model: ${name(entry)} gives none`)
      : [],
  }),
  "no-grant-assumed": ({ model }) => ({
    done: false,
    missing: [`permission to pass it on: oslm does not know what ${model.title} allows`],
  }),
};

/** Most have the forbidden uses in an attachment to the license text itself. */
function hasPolicy({ condition: { attachment } }: Asked): boolean {
  return typeof attachment === "string" && /policy|\bAUP\b/i.test(attachment);
}

function withPolicy(texts: readonly PackText[]): Answer {
  const policies = texts.flatMap(({ kind, path }) => (kind === "policy" && path !== null ? [path] : []));
  if (policies.length === 0) return { done: false, note: "no text of a policy is in this folder" };
  return { done: false, note: `the policy is in ${policies.join(", ")}` };
}

function name({ title, id, url }: LicenseEntry): string {
  return `${title} (${id}${url === null ? "" : `, ${url}`})`;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
