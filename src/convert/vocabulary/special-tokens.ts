// Which token begins a text, ends one, ends a turn, and so on. Several files say so; those of the tokenizer itself know best.

import type { MetadataPair } from "../../gguf/write-header.js";
import { isObject, type JsonObject } from "../read-json.js";
import { END_OF_MESSAGE, END_OF_TURN, INFILL, KNOWN_ENDS } from "./named-tokens.js";
import { flag, id } from "./pair.js";
import type { Around } from "./post-processor.js";
import type { Token } from "./token-list.js";
import type { Role, Vocabulary } from "./vocabulary.js";

/** Each null where the folder has no such file. */
export interface SpecialSources {
  readonly tokenizerConfig: JsonObject | null;
  readonly specialTokensMap: JsonObject | null;
  readonly config: JsonObject | null;
  readonly generationConfig: JsonObject | null;
  readonly around: Around | null;
  /** There is a tokenizer.json, so that no template means that nothing is put around texts. */
  readonly templated: boolean;
}

/** As GGUF spells them, the wrong separator included. */
const KEYS: Readonly<Record<Role, string>> = {
  bos: "tokenizer.ggml.bos_token_id",
  eos: "tokenizer.ggml.eos_token_id",
  unk: "tokenizer.ggml.unknown_token_id",
  sep: "tokenizer.ggml.seperator_token_id",
  pad: "tokenizer.ggml.padding_token_id",
  cls: "tokenizer.ggml.cls_token_id",
  mask: "tokenizer.ggml.mask_token_id",
};

/** @param tokens with all ids that the model has */
export function specialTokens(
  vocabulary: Vocabulary,
  tokens: readonly Token[],
  sources: SpecialSources,
): readonly MetadataPair[] {
  const ids = new Map(tokens.map((token, at) => [token.text, at]));
  const roles = findRoles(vocabulary, tokens.length, ids, sources);
  const pairs = (Object.keys(KEYS) as Role[]).flatMap((role) => {
    const found = roles[role];
    return found === undefined ? [] : [id(KEYS[role], found)];
  });
  pairs.push(...endsOf(tokens, ids, roles.eos, sources));
  for (const [use, names] of Object.entries(INFILL)) {
    const found = firstOf(names, ids);
    if (found !== undefined) pairs.push(id(`tokenizer.ggml.${use}_token_id`, found));
  }
  return [...pairs, ...around(vocabulary, ids, roles, sources)];
}

type Roles = Partial<Record<Role, number>>;
type Ids = ReadonlyMap<string, number>;

function findRoles(vocabulary: Vocabulary, size: number, ids: Ids, sources: SpecialSources): Roles {
  const { tokenizerConfig, specialTokensMap, config, generationConfig } = sources;
  const roles: Roles = {};
  for (const role of Object.keys(KEYS) as Role[]) {
    const named = [tokenizerConfig, specialTokensMap].map((file) => ids.get(textOf(file?.[`${role}_token`]) ?? ""));
    const numbered = [generationConfig, config, textPart(config)].map((file) => numbers(file?.[`${role}_token_id`])[0]);
    const found = [...named, ...numbered, vocabulary.roles[role]].find((one) => one !== undefined && one < size);
    if (found !== undefined) roles[role] = found;
  }
  // Llama 3's instruction models and others name no beginning but put one there.
  const before = ids.get(sources.around?.before ?? "");
  if (roles.bos === undefined && before !== undefined) roles.bos = before;
  return roles;
}

/** A turn may end otherwise than a text; and generation ends with any of a list, of which GGUF has room for three. */
function endsOf(tokens: readonly Token[], ids: Ids, eos: number | undefined, sources: SpecialSources): MetadataPair[] {
  const listed = [sources.generationConfig, sources.config, textPart(sources.config)]
    .flatMap((file) => numbers(file?.eos_token_id))
    .filter((one, at, all) => one < tokens.length && one !== eos && all.indexOf(one) === at);
  const others = listed.filter((one) => !KNOWN_ENDS.includes(tokens[one]?.text ?? ""));
  // Ends with known names are ends by those names alone: their places are for others, where there are any.
  const turn = listed.find((one) => END_OF_TURN.some((name) => name === tokens[one]?.text));
  const eot = turn ?? others.shift() ?? firstOf(END_OF_TURN, ids);
  const eom = others.shift() ?? firstOf(END_OF_MESSAGE, ids);
  return [
    ...(eot === undefined ? [] : [id("tokenizer.ggml.eot_token_id", eot)]),
    ...(eom === undefined ? [] : [id("tokenizer.ggml.eom_token_id", eom)]),
  ];
}

/** What is put around a text: as the configuration says, else as the template does. */
function around(vocabulary: Vocabulary, ids: Ids, roles: Roles, sources: SpecialSources): MetadataPair[] {
  const pairs: MetadataPair[] = [];
  for (const [role, place] of [
    ["bos", "before"],
    ["eos", "after"],
  ] as const) {
    const said = sources.tokenizerConfig?.[`add_${role}_token`];
    const there = sources.around === null ? undefined : ids.get(sources.around[place] ?? "");
    const own = roles[role] ?? (role === "bos" ? roles.cls : roles.sep);
    // Byte-level vocabularies add nothing unless somebody says so; what the engine does by itself depends on their names.
    const silent = vocabulary.model === "gpt2" && sources.templated ? false : undefined;
    let add =
      typeof said === "boolean" ? said : sources.around === null ? silent : there !== undefined && there === own;
    // The engine ends the process where it has to add a token that is none.
    if (roles[role] === undefined) add = false;
    if (add !== undefined) pairs.push(flag(`tokenizer.ggml.add_${role}_token`, add));
  }
  return pairs;
}

/** `"<s>"`, or an object with the same as its content. */
function textOf(value: unknown): string | undefined {
  const text = isObject(value) ? value.content : value;
  return typeof text === "string" ? text : undefined;
}

/** One id, or a list of them. */
function numbers(value: unknown): readonly number[] {
  return [value ?? []].flat().filter((one): one is number => Number.isSafeInteger(one) && (one as number) >= 0);
}

/** Models of text and images keep what is said of the text apart. */
function textPart(config: JsonObject | null): JsonObject | null {
  const part = config?.text_config;
  return isObject(part) ? part : null;
}

function firstOf(names: readonly string[], ids: Ids): number | undefined {
  for (const name of names) {
    const found = ids.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}
