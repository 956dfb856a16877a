// oslm's own list of models: which files of the cache make up a model, and under which name. It can be lost: the files
// and their hashes are in the cache.
import { readFile, rename } from "node:fs/promises";
import { unsafePathReason } from "../model/safe-path.js";
import {
  isCommitSha,
  isRepoId,
  isSha256,
  type LicenseClass,
  type StoredFile,
  type StoredModel,
} from "../model/types.js";
import { writeAtomic } from "./files.js";

/** The recorded models that make sense; none when the file is missing or broken. */
export async function readIndex(path: string): Promise<readonly StoredModel[]> {
  return (await load(path)) ?? [];
}

/** Replaces the list. A broken file is set aside for people to look at, not overwritten. The caller holds the lock. */
export async function writeIndex(path: string, models: readonly StoredModel[]): Promise<void> {
  if ((await load(path)) === undefined) await rename(path, `${path}.broken`).catch(() => undefined);
  await writeAtomic(path, `${JSON.stringify({ version: 1, models }, null, 1)}\n`);
}

/** Undefined when the file is missing or is no index. */
async function load(path: string): Promise<readonly StoredModel[] | undefined> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
  const { version, models } = fields(value);
  if (version !== 1 || !Array.isArray(models)) return undefined;
  return models.map(decodeModel).filter((model) => model !== undefined);
}

function decodeModel(value: unknown): StoredModel | undefined {
  const { name, ref, repo, commit, quant, size, path, files, license, addedAt, lastUsedAt, adopted } = fields(value);
  const { id, class: licenseClass } = fields(license);
  if (!isText(name) || !isText(ref) || !isText(quant) || !isText(path) || !isText(addedAt)) return undefined;
  const origin = decodeOrigin(repo, commit);
  if (origin === undefined) return undefined;
  if (!isText(id) || !isLicenseClass(licenseClass) || typeof size !== "number") return undefined;
  if (!Array.isArray(files) || files.length === 0) return undefined;
  const decoded = files.map(decodeFile).filter((file) => file !== undefined);
  if (decoded.length !== files.length) return undefined;
  const used = isText(lastUsedAt) ? lastUsedAt : null;
  const model = { name, ref, ...origin, quant, size, path, files: decoded, addedAt, lastUsedAt: used };
  return { ...model, license: { id, class: licenseClass }, ...(adopted === true && { adopted }) };
}

function decodeOrigin(repo: unknown, commit: unknown): Pick<StoredModel, "repo" | "commit"> | undefined {
  if (repo === null && commit === null) return { repo, commit };
  return isText(repo) && isRepoId(repo) && isText(commit) && isCommitSha(commit) ? { repo, commit } : undefined;
}

function decodeFile(value: unknown): StoredFile | undefined {
  const { path, size, sha256, mtimeMs } = fields(value);
  if (!isText(path) || unsafePathReason(path) !== undefined) return undefined;
  if (typeof size !== "number" || !isText(sha256) || !isSha256(sha256)) return undefined;
  return { path, size, sha256, ...(typeof mtimeMs === "number" && { mtimeMs }) };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
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
