// Records of models are files that anybody can write: each field is checked before it is believed.
import { unsafePathReason } from "../model/safe-path.js";
import {
  isCommitSha,
  isRepoId,
  isSha256,
  type LicenseClass,
  type StoredFile,
  type StoredModel,
} from "../model/types.js";

/** The record that a value from a file is; undefined when it is none, or names what must not be touched. */
export function decodeModel(value: unknown): StoredModel | undefined {
  const record = fields(value);
  const { name, ref, repo, commit, quant, size, path, files } = record;
  const { license, addedAt, lastUsedAt, adopted, unchecked } = record;
  const { id, class: licenseClass } = fields(license);
  if (!isText(name) || !isText(ref) || !isText(quant) || !isText(path) || !isText(addedAt)) return undefined;
  const origin = decodeOrigin(repo, commit);
  if (origin === undefined) return undefined;
  if (!isText(id) || !isLicenseClass(licenseClass) || typeof size !== "number") return undefined;
  if (!Array.isArray(files) || files.length === 0) return undefined;
  const decoded = files.map(decodeFile);
  if (!decoded.every((file) => file !== undefined)) return undefined;
  const used = isText(lastUsedAt) ? lastUsedAt : null;
  const model: StoredModel = {
    name,
    ref,
    repo: origin.repo,
    commit: origin.commit,
    quant,
    size,
    path,
    files: decoded,
    license: { id, class: licenseClass },
    addedAt,
    lastUsedAt: used,
  };
  if (adopted !== true && unchecked !== true) return model;
  return { ...model, ...(adopted === true && { adopted }), ...(unchecked === true && { unchecked }) };
}

function decodeOrigin(repo: unknown, commit: unknown): Pick<StoredModel, "repo" | "commit"> | undefined {
  if (repo === null && commit === null) return { repo, commit };
  return isText(repo) && isRepoId(repo) && isText(commit) && isCommitSha(commit) ? { repo, commit } : undefined;
}

function decodeFile(value: unknown): StoredFile | undefined {
  const { path, size, sha256, mtimeMs } = fields(value);
  if (!isText(path) || unsafePathReason(path) !== undefined) return undefined;
  if (typeof size !== "number" || !isText(sha256) || !isSha256(sha256)) return undefined;
  return typeof mtimeMs === "number" ? { path, size, sha256, mtimeMs } : { path, size, sha256 };
}

/** The fields of an object; none of anything else. */
export function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

const CLASSES: Readonly<Record<LicenseClass, true>> = {
  "public-domain": true,
  permissive: true,
  "weak-copyleft": true,
  copyleft: true,
  "responsible-use": true,
  community: true,
  "research-only": true,
  "non-commercial": true,
  unknown: true,
};

function isLicenseClass(value: unknown): value is LicenseClass {
  return isText(value) && Object.hasOwn(CLASSES, value);
}
