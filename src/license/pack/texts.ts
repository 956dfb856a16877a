// The license texts of a pack, and where each lies in its folder.
import { unsafePathReason } from "../../model/safe-path.js";
import type { LicenseEntry } from "../catalogue.js";
import type { ModelEvidence } from "../evidence.js";
import { identifyText } from "../identify.js";
import { type PlacedText, placedTexts } from "../license-texts.js";
import { standardText } from "../standard-text.js";
import { type TextKind, textKindOf } from "../text-files.js";

export interface PackText {
  /** In the folder; null for a notice, which becomes a part of NOTICE. */
  readonly path: string | null;
  readonly text: string;
  readonly origin: "repository" | "standard";
  readonly kind: TextKind;
  /** Ids of the licenses that the text is. */
  readonly is: readonly string[];
  /** Where it was read, as `org/base: LICENSE`; or which license's standard text it is. */
  readonly source: string;
  readonly commit: string | null;
  readonly sha256: string | null;
  /** A standard text that opens with blanks for a year and a name. */
  readonly hasBlanks: boolean;
}

interface Taken {
  readonly files: Set<string>;
  readonly folders: Set<string>;
}

/** What oslm writes itself. */
const OURS = ["notice", "changes.md", "obligations.md", "evidence.json"];

/**
 * The model's own texts under their own names, those of base models below `base/`, and below `standard/` the text of each
 * license that no repository holds a text of.
 */
export function packTexts(entries: readonly LicenseEntry[], evidence: ModelEvidence | undefined): readonly PackText[] {
  const taken: Taken = { files: new Set(OURS), folders: new Set(["base", "standard"]) };
  const read = evidence === undefined ? [] : placedTexts(evidence);
  const texts = read.flatMap((one): PackText[] => {
    if (one.text === null) return [];
    const { text, source, commit, sha256 = null, repo } = one;
    const kind = one.kind ?? textKindOf(one.path) ?? "text";
    const path = kind === "notice" ? null : freePath(wantedPath(one, repo === evidence?.repo), taken);
    const is = kind === "text" || kind === "beside" ? identifyText(text).map(({ id }) => id) : [];
    return [{ path, text, origin: "repository", kind, is, source, commit, sha256, hasBlanks: false }];
  });
  const known = new Set(texts.flatMap(({ is }) => is));
  const absent = [...new Map(entries.filter(({ id }) => !known.has(id)).map((entry) => [entry.spdx, entry])).values()];
  const standard = absent.flatMap((entry): PackText[] => {
    const found = standardText(entry);
    if (found === undefined) return [];
    const { spdx, text, hasBlanks } = found;
    const path = freePath(`standard/${spdx}.txt`, taken);
    const place = { path, source: `${spdx}, from the SPDX list`, commit: null, sha256: null };
    return [{ ...place, text, origin: "standard", kind: "text", is: [entry.id], hasBlanks }];
  });
  return [...texts, ...standard];
}

function wantedPath({ repo, path }: PlacedText, isOwn: boolean): string {
  return isOwn ? path : `base/${repo.replace("/", "--")}/${path}`;
}

/** The end of a path that says what it is; with a number before it, a name that every disk takes. */
const FLAT_LENGTH = 100;

/** The path itself; a flat and short one, or that with a number, where it is taken or some disk could not hold it. */
function freePath(wanted: string, taken: Taken): string {
  const isFree = (path: string) => {
    const [name = "", ...folders] = withFolders(path);
    return !taken.files.has(name) && !taken.folders.has(name) && !folders.some((folder) => taken.files.has(folder));
  };
  const plain = wanted.replace(/[^\w.-]+/g, "--").slice(-FLAT_LENGTH);
  const flat = plain.replace(/^[.-]+|\.+$/g, "") || "text";
  let path = unsafePathReason(wanted) === undefined ? wanted : flat;
  for (let count = 1; !isFree(path) || unsafePathReason(path) !== undefined; count++)
    path = count === 1 ? flat : `${count}-${flat}`;
  const [name = "", ...folders] = withFolders(path);
  taken.files.add(name);
  for (const folder of folders) taken.folders.add(folder);
  return path;
}

/** `a/b/c`, `a/b`, `a`; some disks do not tell upper from lower case. */
function withFolders(path: string): readonly string[] {
  const parts = path.normalize("NFC").toLowerCase().split("/");
  return parts.map((_, at) => parts.slice(0, parts.length - at).join("/"));
}
