// Records of models are files that anybody can write: each field is checked before it is believed.
import { unsafePathReason } from "../model/safe-path.js";
import { isCommitSha, isLicenseClass, isRepoId, isSha256, type StoredFile, type StoredModel } from "../model/types.js";
import { repoRoot, snapshotPlace } from "./layout.js";

/**
 * The record that a freshly parsed value is, with what it leaves out added in place: copies of thousands of records take
 * longer than looking at them. Undefined when it is none, or names what must not be touched.
 */
export function decodeModel(value: unknown, hubCache: string): StoredModel | undefined {
  const record = fields(value);
  if (!isModel(record)) return undefined;
  const { repo, commit, files, lastUsedAt } = record;
  // People move the cache: where the files are follows from where it is.
  if (repo !== null && commit !== null) {
    record.path = snapshotPlace(repoRoot(hubCache, repo), commit, files[0]?.path ?? "");
  }
  if (!isText(lastUsedAt)) record.lastUsedAt = null;
  return record;
}

function isModel(record: object): record is { -readonly [Key in keyof StoredModel]: StoredModel[Key] } {
  const { name, ref, repo, commit, quant, size, path, files, license, addedAt, adopted, unchecked, converted } =
    record as Readonly<Record<keyof StoredModel, unknown>>;
  const { id, class: licenseClass } = fields(license);
  if (!isText(name) || !isText(ref) || !isText(quant) || !isText(addedAt) || !(isText(path) || repo !== null))
    return false;
  if (!isText(id) || !isLicenseClass(licenseClass) || typeof size !== "number") return false;
  if (!isTrueOrAbsent(adopted) || !isTrueOrAbsent(unchecked) || !isOrigin(repo, commit)) return false;
  if (converted !== undefined && !(repo === null && isConverted(converted))) return false;
  return Array.isArray(files) && files.length > 0 && files.every(isFile);
}

function isOrigin(repo: unknown, commit: unknown): boolean {
  if (repo === null && commit === null) return true;
  return isText(repo) && isRepoId(repo) && isText(commit) && isCommitSha(commit);
}

function isConverted(value: unknown): boolean {
  const { repo, commit, files, oslm, engine } = fields(value);
  if (repo === null || !isOrigin(repo, commit) || !isText(oslm) || !isText(engine)) return false;
  return Array.isArray(files) && files.every(isFile);
}

function isFile(value: unknown): value is StoredFile {
  const { path, size, sha256, mtimeMs, projector } = fields(value);
  if (!isTrueOrAbsent(projector)) return false;
  if (!isText(path) || unsafePathReason(path) !== undefined) return false;
  return typeof size === "number" && isText(sha256) && isSha256(sha256) && isNumberOrAbsent(mtimeMs);
}

function isNumberOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === "number";
}

function isTrueOrAbsent(value: unknown): boolean {
  return value === undefined || value === true;
}

/** The fields of an object; none of anything else. */
export function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
