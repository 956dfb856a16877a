// Which files of a repository speak of its license, and which of them first.

/** `text` is the license itself; `policy` belongs to it; `notice` names what else is inside. */
export type TextKind = "text" | "policy" | "notice";

const ENDING = "(?:\\.(?:txt|md|rst))?$";
const KINDS: readonly (readonly [TextKind, RegExp])[] = [
  ["policy", new RegExp(`^(?:.*[-_ ])?(?:acceptable[-_ ])?use[-_ ](?:policy|restrictions)${ENDING}`, "i")],
  ["notice", new RegExp(`^notice(?:[-_.].{0,40})?${ENDING}`, "i")],
  [
    "text",
    new RegExp(
      `^(?:.{0,40}[-_ ])?(?:licen[cs]e|copying|unlicense|terms[-_ ]of[-_ ]use)(?:[-_ .].{0,40})?${ENDING}`,
      "i",
    ),
  ],
];
/** Beside a model, files with these names are about something else. */
const NO_TEXT = /\.(?:json|jsonl|ya?ml|py|js|png|jpe?g|svg|pdf|docx?|html?|gguf|safetensors|bin)$/i;
const OF_MODEL = /(?:model|weights)/i;
const OF_CODE = /(?:^|[-_ .])code(?:[-_ .]|$)/i;

/** What the file is, by its name; undefined for all others and for those in folders, which belong to parts. */
export function textKindOf(path: string): TextKind | undefined {
  // The name is shown to people.
  if (path.includes("/") || !/^[ -~]{1,100}$/.test(path) || NO_TEXT.test(path)) return undefined;
  return KINDS.find(([, pattern]) => pattern.test(path))?.[0];
}

/**
 * The texts that govern the model: where a repository has a license for its code and one for its weights, the latter.
 * Most telling first.
 */
export function modelTexts<File extends { readonly path: string }>(files: readonly File[]): readonly File[] {
  const texts = files.filter(({ path }) => textKindOf(path) === "text");
  const ofModel = texts.filter(({ path }) => OF_MODEL.test(path));
  const rest = texts.filter(({ path }) => !OF_CODE.test(path));
  const wanted = ofModel.length > 0 ? ofModel : rest;
  return [...wanted].sort((a, b) => a.path.length - b.path.length || (a.path < b.path ? -1 : 1));
}
