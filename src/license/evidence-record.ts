// Gathered evidence as a record on the disk: all but the texts themselves, which lie beside it as they were read.
import { parseObject } from "../model/parse-object.js";
import { unsafePathReason } from "../model/safe-path.js";
import { isCommitSha, isRepoId, isSha256, type ModelCard } from "../model/types.js";
import {
  type Ancestor,
  type FileHeader,
  LINEAGE_GAPS,
  type LicenseFile,
  type ModelEvidence,
  type RepoEvidence,
  withoutHeaders,
} from "./evidence.js";
import { TEXT_KINDS } from "./text-files.js";

/** A text that is kept: of the model itself, or of a base model. */
export interface KeptText {
  readonly repo: string;
  readonly commit: string;
  readonly path: string;
  readonly text: string;
}

/** What a header has brought. */
export interface HeaderEvidence {
  readonly header: FileHeader;
  /** Those that only it has led to. */
  readonly ancestors: readonly Ancestor[];
}

/** One line of JSON; headers have records of their own, so that whoever looks at a repository cannot lose them. */
export function writeEvidence(evidence: ModelEvidence): string {
  const { texts, ancestors, ...rest } = withoutHeaders(evidence);
  return JSON.stringify({ ...rest, texts: withoutText(texts), ancestors: ancestors.map(namesOnly) });
}

/** One line of JSON. */
export function writeHeader({ header, ancestors }: HeaderEvidence): string {
  return JSON.stringify({ header, ancestors: ancestors.map(namesOnly) });
}

function namesOnly(one: Ancestor): object {
  return "gap" in one ? one : { ...one, texts: withoutText(one.texts) };
}

function withoutText(files: readonly LicenseFile[]): readonly object[] {
  return files.map(({ text: _, ...file }) => file);
}

/** The texts of the evidence, to be kept beside its record. */
export function textsOf({
  repo,
  commit,
  texts,
  ancestors,
}: Pick<ModelEvidence, "texts" | "ancestors"> & Omit<KeptText, "path" | "text">): readonly KeptText[] {
  const known = ancestors.flatMap((one) => ("gap" in one ? [] : [one]));
  return [{ repo, commit, texts }, ...known].flatMap((one) =>
    one.texts.flatMap(({ path, text, from: { repo, commit } = one }) =>
      text === null ? [] : [{ repo, commit, path, text }],
    ),
  );
}

/** The evidence without its texts, which are null; undefined for what is no such record. */
export function readEvidence(json: string): ModelEvidence | undefined {
  const record = parseObject(json);
  if (record === undefined) return undefined;
  const { repo, commit, revision, gated, hasText, expected, at } = record;
  const own = readRepo(record);
  if (own === undefined || !isText(repo) || !isRepoId(repo) || !isText(commit) || !isCommitSha(commit))
    return undefined;
  const ancestors = readAncestors(record.ancestors);
  if (!isText(revision) || !isText(at) || typeof hasText !== "boolean" || ancestors === undefined) return undefined;
  if (gated !== false && gated !== "auto" && gated !== "manual") return undefined;
  return {
    ...{ repo, commit, revision, hasText, ...own, ancestors, at },
    gated,
    ...(isText(expected) && { expected }),
  };
}

/** The same for what a header has brought. */
export function readHeader(json: string): HeaderEvidence | undefined {
  const { header, ancestors } = parseObject(json) ?? {};
  const { file, license, licenseName, licenseLink, baseModels, found = [] } = fields(header);
  const known = readAncestors(ancestors);
  if (known === undefined || !isText(file) || !isTexts(baseModels) || !isTexts(found)) return undefined;
  if (!isTextOrNull(license) || !isTextOrNull(licenseName) || !isTextOrNull(licenseLink)) return undefined;
  return { header: { file, license, licenseName, licenseLink, baseModels, found }, ancestors: known };
}

function readAncestors(value: unknown): readonly Ancestor[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const known = value.flatMap((one) => readAncestor(one) ?? []);
  return known.length === value.length ? known : undefined;
}

function readAncestor(value: unknown): Ancestor | undefined {
  const { repo, commit, gap, ...rest } = fields(value);
  if (!isText(repo)) return undefined;
  const reason = LINEAGE_GAPS.find((one) => one === gap);
  if (reason !== undefined) return { repo, gap: reason };
  const own = readRepo(rest);
  return own !== undefined && isRepoId(repo) && isText(commit) && isCommitSha(commit)
    ? { repo, commit, ...own }
    : undefined;
}

function readRepo({ card, texts, unread = [] }: Readonly<Record<string, unknown>>): RepoEvidence | undefined {
  const known = readCard(fields(card));
  if (known === undefined || !Array.isArray(texts) || !isTexts(unread)) return undefined;
  const files = texts.map((one): LicenseFile | undefined => {
    const { path, kind, from, sha256 } = fields(one);
    if (!isText(path) || unsafePathReason(path) !== undefined) return undefined;
    const as = TEXT_KINDS.find((known) => known === kind);
    const place = readPlace(fields(from));
    if (from !== undefined && place === undefined) return undefined;
    return {
      ...{ path, text: null },
      ...(as && { kind: as }),
      ...(place && { from: place }),
      ...(isText(sha256) && isSha256(sha256) && { sha256 }),
    };
  });
  const safe = files.flatMap((file) => (file === undefined ? [] : [file]));
  if (safe.length !== files.length) return undefined;
  return { card: known, texts: safe, ...(unread.length > 0 && { unread }) };
}

function readPlace({ repo, commit }: Readonly<Record<string, unknown>>): LicenseFile["from"] {
  return isText(repo) && isRepoId(repo) && isText(commit) && isCommitSha(commit) ? { repo, commit } : undefined;
}

function readCard(card: Readonly<Record<string, unknown>>): ModelCard | undefined {
  const { license, licenseName, licenseLink, baseModels, baseRelation } = card;
  if (!isTexts(license) || !isTexts(baseModels)) return undefined;
  return {
    license,
    ...(isText(licenseName) && { licenseName }),
    ...(isText(licenseLink) && { licenseLink }),
    baseModels,
    ...(isText(baseRelation) && { baseRelation }),
  };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || isText(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}
