// The JSON of the Hub's API: a model's info, its tree, its refs.
import { createHash } from "node:crypto";
import type { FakeFile } from "./content.js";
import type { Revision, StoredRepo } from "./repo.js";

const DATE = "2026-01-02T03:04:05.000Z";

/** With `expand` only `_id`, `id` and the named fields come; with `blobs` siblings have sizes and hashes. */
export function modelJson(
  { now }: StoredRepo,
  revision: Revision,
  query: URLSearchParams,
  withBlobs = true,
): Record<string, unknown> {
  const { card } = revision.repo;
  const _id = createHash("sha1").update(now.id).digest("hex").slice(0, 24);
  const blobs = withBlobs && isTrue(query.get("blobs"));
  const all: Record<string, unknown> = {
    _id,
    id: now.id,
    modelId: now.id,
    author: now.id.split("/")[0],
    sha: revision.commit,
    private: now.private ?? false,
    gated: now.gated ?? false,
    disabled: now.disabled ?? false,
    pipeline_tag: now.pipeline_tag ?? "text-generation",
    library_name: "gguf",
    tags: [...tagsOf(revision), ...(now.moreTags ?? [])],
    downloads: now.downloads ?? 1234,
    likes: now.likes ?? 5,
    lastModified: now.lastModified ?? DATE,
    createdAt: DATE,
    ...(card === undefined ? {} : { cardData: card }),
    ...(now.gguf === undefined ? {} : { gguf: now.gguf }),
    ...(now.safetensors === undefined ? {} : { safetensors: now.safetensors }),
    ...(now.modelIndex === undefined ? {} : { "model-index": now.modelIndex }),
    ...(now.config === undefined ? {} : { config: now.config }),
    siblings: revision.files.map((file) => sibling(file, blobs)),
    spaces: [],
    usedStorage: revision.files.reduce((sum, { size }) => sum + size, 0),
  };
  const wanted = query.getAll("expand").concat(query.getAll("expand[]"));
  if (wanted.length === 0) return all;
  const fields = wanted.filter((name) => Object.hasOwn(all, name)).map((name) => [name, all[name]]);
  return { _id, id: now.id, ...Object.fromEntries(fields) };
}

function tagsOf({ repo: { card }, files }: Revision): readonly string[] {
  const licenses = typeof card?.license === "string" ? [card.license] : (card?.license ?? []);
  const gguf = files.some(({ path }) => path.endsWith(".gguf")) ? ["gguf"] : [];
  const bases = card?.base_model === undefined ? [] : [card.base_model].flat();
  const relation =
    card?.base_model_relation ?? (gguf.length > 0 ? "quantized" : bases.length > 1 ? "merge" : "finetune");
  return [
    ...gguf,
    ...licenses.map((license) => `license:${license}`),
    ...bases.flatMap((base) => [`base_model:${base}`, `base_model:${relation}:${base}`]),
  ];
}

function sibling({ path, size, oid, lfs }: FakeFile, blobs: boolean): Record<string, unknown> {
  if (!blobs) return { rfilename: path };
  const large = lfs && { lfs: { sha256: lfs.sha256, size, pointerSize: lfs.pointer.length } };
  return { rfilename: path, size, blobId: oid, ...large };
}

/** Files and folders below `folder` ("" for all), one level of them unless recursive; undefined when there is none. */
export function treeJson({ commit, files }: Revision, folder: string, query: URLSearchParams): unknown[] | undefined {
  const prefix = folder === "" ? "" : `${folder}/`;
  const inside = files.filter(({ path }) => path.startsWith(prefix));
  if (inside.length === 0 && folder !== "") return undefined;
  const recursive = isTrue(query.get("recursive"));
  const expand = isTrue(query.get("expand"));
  const folders = new Set<string>();
  const entries: Record<string, unknown>[] = [];
  for (const file of inside) {
    const parts = file.path.slice(prefix.length).split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      const path = prefix + parts.slice(0, depth).join("/");
      if (folders.has(path) || (depth > 1 && !recursive)) continue;
      folders.add(path);
      entries.push({
        type: "directory",
        oid: createHash("sha1").update(`${commit}:${path}`).digest("hex"),
        size: 0,
        path,
      });
    }
    if (parts.length === 1 || recursive) entries.push(fileJson(file, commit, expand));
  }
  return entries;
}

export function fileJson({ path, size, oid, lfs }: FakeFile, commit: string, expand: boolean): Record<string, unknown> {
  return {
    type: "file",
    oid,
    size,
    path,
    ...(lfs && { lfs: { oid: lfs.sha256, size, pointerSize: lfs.pointer.length } }),
    ...(expand && { lastCommit: { id: commit, title: "Upload", date: DATE }, securityFileStatus: { status: "safe" } }),
  };
}

/** The paths and `expand` of a POST to paths-info, in JSON or as a form. */
export function parsePathsInfo(
  body: string,
  type: string,
): { readonly paths: readonly string[]; readonly expand: boolean } {
  if (!type.includes("json")) {
    const form = new URLSearchParams(body);
    return { paths: form.getAll("paths"), expand: isTrue(form.get("expand")) };
  }
  const value: unknown = JSON.parse(body);
  const asked = typeof value === "object" && value !== null ? value : {};
  const paths: unknown[] = "paths" in asked && Array.isArray(asked.paths) ? asked.paths : [];
  return { paths: paths.map(String), expand: "expand" in asked && asked.expand === true };
}

export function refsJson({ branches, tags }: StoredRepo): Record<string, unknown> {
  const list = (names: Readonly<Record<string, string>>, kind: string) =>
    Object.entries(names)
      .filter(([name]) => !name.startsWith("refs/"))
      .map(([name, targetCommit]) => ({ name, ref: `refs/${kind}/${name}`, targetCommit }));
  return { branches: list(branches, "heads"), tags: list(tags, "tags"), converts: [] };
}

/** As Python and JavaScript clients write it. */
function isTrue(value: string | null): boolean {
  return value !== null && /^(true|1)$/i.test(value);
}
