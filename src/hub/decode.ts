// Narrow decoders for the Hub's JSON: what oslm needs, checked; everything else ignored.
import { OslmError } from "../errors.js";
import {
  type CommitSha,
  isCommitSha,
  isRepoId,
  isSha256,
  type ModelCard,
  type RepoFile,
  type RepoId,
} from "../model/types.js";

import { gatePromptOf } from "./gate-prompt.js";

/** What a model's info says of one revision. */
export interface ModelInfo {
  /** The repository's present name, which differs from the asked one after a rename. */
  readonly repo: RepoId;
  readonly commit: CommitSha;
  readonly gated: false | "auto" | "manual";
  readonly card: ModelCard;
  /** What the Hub asks consent to: hostile text. */
  readonly gatePrompt?: string;
}

/** Throws `malformed-reply` naming the field when the shape is wrong. */
export function decodeModelInfo(url: string, value: unknown): ModelInfo {
  const info = record(url, "the model's info", value);
  const repo = text(url, "name", info.name);
  if (!isRepoId(repo)) throw wrong(url, "its name is not org/name");
  const commit = text(url, "sha", info.sha);
  if (!isCommitSha(commit)) throw wrong(url, "its sha is not a commit");
  const { gated = false } = info;
  if (gated !== false && gated !== "auto" && gated !== "manual") throw wrong(url, "gated is not false, auto or manual");
  const card = withTags(decodeCard(url, info.cardData), info.tags);
  const gatePrompt = gatePromptOf(info.cardData);
  return { repo, commit, gated, card, ...(gatePrompt !== undefined && { gatePrompt }) };
}

/** `base_model:org/name` and `base_model:quantized:org/name` are what the Hub has found out beside the card. */
function withTags(card: ModelCard, tags: unknown): ModelCard {
  const found = (Array.isArray(tags) ? tags : []).flatMap((tag: unknown) => {
    const [, relation, repo] = /^base_model:(?:(\w+):)?([^:]+)$/.exec(String(tag)) ?? [];
    return repo === undefined ? [] : [{ relation, repo }];
  });
  const relation = card.baseRelation ?? found.find((tag) => tag.relation !== undefined)?.relation;
  const baseModels = [...new Set([...card.baseModels, ...found.map(({ repo }) => repo)])];
  return { ...card, baseModels, ...(relation !== undefined && { baseRelation: relation }) };
}

/** The license and the lineage in a card's front matter. Throws `malformed-reply`. */
export function decodeCard(url: string, value: unknown): ModelCard {
  // A repository without a README has no card data at all.
  if (value === undefined || value === null) return { license: [], baseModels: [] };
  const card = record(url, "cardData", value);
  const name = optionalText(url, "license_name", card.license_name);
  const link = optionalText(url, "license_link", card.license_link);
  return {
    license: texts(url, "license", card.license),
    ...(name === undefined ? {} : { licenseName: name }),
    ...(link === undefined ? {} : { licenseLink: link }),
    baseModels: namesIn(card.base_model),
    // Free text, and no reason to refuse a model.
    ...(typeof card.base_model_relation === "string" && { baseRelation: card.base_model_relation }),
  };
}

/** Whatever else stands there is the name of nothing that can be looked at: a doubt, no reason to refuse a model. */
function namesIn(value: unknown): readonly string[] {
  const list: unknown[] = value === undefined || value === null ? [] : [value].flat();
  return list.map((item) => (typeof item === "string" ? item : (JSON.stringify(item)?.slice(0, 200) ?? "")));
}

/** One entry of a tree listing; undefined for a folder. Throws `malformed-reply`. */
export function decodeTreeEntry(url: string, value: unknown): RepoFile | undefined {
  const entry = record(url, "a file entry", value);
  if (entry.type === "directory") return undefined;
  const path = text(url, "path", entry.path);
  if (entry.type !== "file") throw wrong(url, `the type of ${JSON.stringify(path)} is neither file nor directory`);
  const gitOid = text(url, "oid", entry.oid);
  if (!isCommitSha(gitOid)) throw wrong(url, `the oid of ${JSON.stringify(path)} is not a sha1`);
  const size = count(url, `the size of ${JSON.stringify(path)}`, entry.size);
  if (entry.lfs === undefined || entry.lfs === null) return { path, size, gitOid };
  const lfs = record(url, "lfs", entry.lfs);
  const sha256 = text(url, "lfs.oid", lfs.oid);
  if (!isSha256(sha256)) throw wrong(url, `the lfs.oid of ${JSON.stringify(path)} is not a sha256`);
  // The entry's own size is the content's; a pointer's size there would make every check of the file fail.
  if (count(url, "lfs.size", lfs.size) !== size) throw wrong(url, `two sizes for ${JSON.stringify(path)}`);
  return { path, size, sha256, gitOid };
}

function record(url: string, what: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(url, `${what} is not an object`);
  return { ...value };
}

function text(url: string, field: string, value: unknown): string {
  if (typeof value !== "string") throw wrong(url, `${field} is not text`);
  return value;
}

function optionalText(url: string, field: string, value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : text(url, field, value);
}

/** One text or several; people write both in model cards. */
function texts(url: string, field: string, value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => text(url, field, item));
}

function count(url: string, field: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw wrong(url, `${field} is not a count`);
  return value;
}

function wrong(url: string, reason: string): OslmError<"malformed-reply"> {
  return new OslmError("malformed-reply", { url, reason });
}
