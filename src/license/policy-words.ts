// The words that a policy's lists may hold: license ids, license classes, condition keys. A word may be several of them.
import { LICENSE_CLASSES } from "../model/types.js";
import { findLicenses, listLicenses } from "./catalogue.js";
import { conditionTexts } from "./obligations.js";

export type WordKind = "id" | "class" | "condition";

/** One thing that a word of a policy means. */
export interface Meaning {
  readonly kind: WordKind;
  readonly name: string;
}

let words: Readonly<Record<WordKind, ReadonlySet<string>>> | undefined;

/**
 * What `word` names, all of it: `non-commercial` is a class and a condition. `id:`, `class:` and `condition:` before it
 * narrow that; an `id:` may be one that oslm does not know, such as a license of your own. Empty when it names nothing.
 */
export function meaningsOf(word: string): readonly Meaning[] {
  const known = knownWords();
  const [, prefix, name = ""] = /^(id|class|condition):(.*)$/.exec(word) ?? [];
  if (prefix === "id") return /^[a-z0-9][a-z0-9.+-]{0,99}$/.test(name) ? [{ kind: "id", name }] : [];
  if (prefix === "class" || prefix === "condition") {
    return known[prefix].has(name) ? [{ kind: prefix, name }] : [];
  }
  return (["id", "class", "condition"] as const).flatMap((kind) =>
    known[kind].has(word) ? [{ kind, name: word }] : [],
  );
}

/** Every word without a prefix. */
export function listPolicyWords(): readonly string[] {
  const { id, class: classes, condition } = knownWords();
  return [...new Set([...classes, ...condition, ...id])];
}

function knownWords(): Readonly<Record<WordKind, ReadonlySet<string>>> {
  words ??= {
    // A name that several licenses share is the id of what is found by it.
    id: new Set(
      listLicenses().flatMap(({ id, names }) => [
        id,
        ...names.flatMap((name) => findLicenses(name).map((one) => one.id)),
      ]),
    ),
    class: new Set<string>(LICENSE_CLASSES),
    condition: new Set(Object.keys(conditionTexts())),
  };
  return words;
}
