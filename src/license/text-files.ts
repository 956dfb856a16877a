// Which files of a repository speak of its license, told by their names.
//
// The rule: a text at the top, in a folder of licenses or in one that holds weights is read, the most telling first;
// whatever else is named like a license is a doubt; the licenses of code and of third parties are left out.
import { shownPath } from "./shown-path.js";

/** Of `beside` there is a text too, but another one is the model's own: a LICENSE next to a MODEL-LICENSE. */
export const TEXT_KINDS = ["text", "beside", "prompt", "policy", "notice"] as const;
/**
 * `text` is the license itself; `policy` belongs to it; `notice` names what else is inside; `prompt` is no file, but what the
 * Hub asks consent to.
 */
export type TextKind = (typeof TEXT_KINDS)[number];

export interface NamedText {
  readonly path: string;
  readonly kind: TextKind;
  /** The card's link leads there and nothing else does: it may be anything, weights too. */
  readonly isOnlyLinked?: true;
}

export interface LicenseFiles {
  /** To be read, by kind; of each kind the most telling first. */
  readonly found: readonly NamedText[];
  /** Named like a license, and not to be read: escaped, for people. */
  readonly unread: readonly string[];
}

const KINDS: readonly (readonly [TextKind, RegExp])[] = [
  ["policy", /(?:^|[-_ .])use[-_ ]?(?:policy|restrictions)/],
  ["notice", /^notices?(?:$|[-_ .])/],
  ["text", /licen[cszç](?!e[-_ ]?plate)|lizenz|^copy(?:ing|right)(?:$|[-_ .])|(?:^|[-_ .])eula(?:$|[-_ .])/],
  // Named after the license itself: `GPL-3.0.txt`, `LLAMA_COMMUNITY_AGREEMENT.txt`.
  ["text", /^(?:a?gpl|lgpl|mit|apache|bsd|mpl|cc-?by(?:-nc)?(?:-sa|-nd)?|cc0)[-_ v]{0,2}[\d.]*(?:txt|md|rst)?$/],
  ["text", /(?:^|[-_ .])(?:agreement|tos)(?:$|[-_ .])/],
  ["text", /^terms(?:$|[-_ .])|(?:^|[-_ ])terms[-_ ](?:of|and)[-_ ]|^legal(?:$|[-_ .])/],
];
/** With these names they are code, or the weights themselves. */
const NO_TEXT =
  /\.(?:py|ipynb|[cm]?[jt]sx?|[ch](?:pp)?|cc|cu|rs|go|java|sh|gguf|safetensors|bin|pth?|ckpt|onnx|np[yz]|parquet)$/;
/** Under this name it is kept; a file that is called so would be taken for it. */
export const GATE_PROMPT = "gate-prompt.txt";
/** A text, but none that can be compared. */
const NOT_PLAIN =
  /\.(?:pdf|docx?|odt|rtf|pages|x?html?|xml|jsonl?|ya?ml|toml|csv|epub|zip|t?gz|tar|7z|xz|png|jpe?g|gif|svg|webp)$/;
const OF_MODEL = /model|weights/;
const OF_CODE = /(?:^|[-_ .])code(?:[-_ .]|$)/;
const CODE_FOLDER = /^(?:code|src|source|scripts|tools|tests?)$/;
const OTHERS_FOLDER =
  /^(?:(?:third|3rd)[-_ ]?part(?:y|ies).*|node_modules|vendor|vendored|externals?|deps|dependencies|submodules|site-packages)$/;
const LICENSE_FOLDER = /^(?:model[-_ ]?)?(?:licen[cs](?:es?|ing)|legal)$/;
const WEIGHTS_FOLDER = /^(?:weights?|models?|checkpoints?|ckpts?)$/;
const WEIGHTS = /\.(?:gguf|safetensors|bin|pth?|ckpt|onnx|msgpack|h5)$/i;
/** More are not worth a sentence. */
const MAX_UNREAD = 20;

/** What the file is, by its name alone; undefined for all that are no plain texts on a license. */
export function textKindOf(path: string): TextKind | undefined {
  const name = plainName(path);
  return NOT_PLAIN.test(name) ? undefined : kindOf(name);
}

/** Whether a file of that name may be read as the license, because a card links to it. */
export function isReadable(path: string): boolean {
  const name = plainName(path);
  return !NO_TEXT.test(name) && !NOT_PLAIN.test(name) && path.toLowerCase() !== GATE_PROMPT;
}

/**
 * @param paths all files of the repository that are safe to be asked for
 * @param refused names that are not; hostile text
 * @param linked the one that the card calls the license, whatever its name
 */
export function findLicenseFiles(
  paths: readonly string[],
  refused: Iterable<string> = [],
  linked?: string,
): LicenseFiles {
  const weights = weightFolders(paths);
  const found: (NamedText & { readonly ofModel: boolean })[] = [];
  const unread: string[] = [];
  for (const path of paths) {
    const [name, folders] = [plainName(path), foldersOf(path)];
    if (path === linked) {
      if (isReadable(path))
        found.push({ path, kind: "text", ofModel: true, ...(kindOf(name) === undefined && { isOnlyLinked: true }) });
      else unread.push(path);
      continue;
    }
    const isListed = folders.some((folder) => LICENSE_FOLDER.test(folder));
    const kind = kindOf(name) ?? (isListed && !NO_TEXT.test(name) ? "text" : undefined);
    if (kind === undefined) continue;
    const besideWeights =
      folders.length > 0 &&
      (weights.has(path.slice(0, path.lastIndexOf("/"))) || WEIGHTS_FOLDER.test(folders.join("/")));
    if (!besideWeights && isOthers(name, folders)) continue;
    const isNear = folders.length === 0 || besideWeights || isListed;
    if (!isNear || NOT_PLAIN.test(name)) unread.push(path);
    else found.push({ path, kind, ofModel: besideWeights || OF_MODEL.test(`${folders.join(" ")} ${name}`) });
  }
  for (const path of refused) {
    const name = plainName(path);
    if (kindOf(name) !== undefined && !isOthers(name, foldersOf(path))) unread.push(path);
  }
  const hasModels = found.some(({ kind, ofModel }) => kind === "text" && ofModel);
  const named = found.map(({ ofModel, ...file }) => ({
    ...file,
    kind: file.kind === "text" && hasModels && !ofModel ? ("beside" as const) : file.kind,
  }));
  named.sort((a, b) => Number(b.path === linked) - Number(a.path === linked) || byWeight(a, b));
  return { found: named, unread: unread.slice(0, MAX_UNREAD).map(shownPath) };
}

function kindOf(name: string): TextKind | undefined {
  return NO_TEXT.test(name) ? undefined : KINDS.find(([, pattern]) => pattern.test(name))?.[0];
}

/** Of code alone, or of somebody else's. */
function isOthers(name: string, folders: readonly string[]): boolean {
  if (folders.some((folder) => OTHERS_FOLDER.test(folder))) return true;
  if (OF_MODEL.test(name)) return false;
  return OF_CODE.test(name) || folders.some((folder) => CODE_FOLDER.test(folder));
}

/** All kinds of dashes, spaces and letters alike. */
function plainName(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).slice(0, 300);
  // A repository may hold 100,000 files, nearly all with plain names.
  const plain = /^[!-~]*$/.test(name)
    ? name
    : name
        .normalize("NFKC")
        .replace(/\p{Cf}/gu, "")
        .replace(/\p{Pd}/gu, "-")
        .replace(/\s+/g, " ");
  return plain.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}

function foldersOf(path: string): readonly string[] {
  return path.split("/").slice(0, -1).map(plainName);
}

/** The folders of weights, and those around them. */
function weightFolders(paths: readonly string[]): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    if (!WEIGHTS.test(path)) continue;
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1))
      folders.add(path.slice(0, end));
  }
  return folders;
}

function byWeight(a: NamedText, b: NamedText): number {
  const kind = TEXT_KINDS.indexOf(a.kind) - TEXT_KINDS.indexOf(b.kind);
  return kind || depth(a.path) - depth(b.path) || a.path.length - b.path.length || (a.path < b.path ? -1 : 1);
}

function depth(path: string): number {
  return path.split("/").length;
}
