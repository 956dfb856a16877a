// Sentences of a model card on how the model was trained, quoted with their place. Nothing is concluded from them.
import { plain } from "./plain.js";

export interface StatedLine {
  readonly about: "knowledge-cutoff" | "training-data";
  /** In the file, from 1. */
  readonly line: number;
  readonly text: string;
}

const MAX_LENGTH = 300;
/** Lines that are longer hold no sentence that anybody wrote to be read. */
const LONGEST_LINE = 5000;
/** Of each kind: the first ones tell. */
const MOST = 2;

const YEAR = /\b20\d\d\b/;
const CUTOFF =
  /\b(?:knowledge|training|data|pretraining)\b.{0,80}\bcut-?\s?off\b|\bcut-?\s?off (?:date )?(?:of|is|in)\b/i;
const TRAINED = /\b(?:pre-?)?trained (?:from scratch )?(?:on|with|using)\b/i;
const DATA = /\b(?:tokens?|dataset|datasets|corpus|corpora|data|web|text)\b/i;

/** @param card the whole README.md, hostile text */
export function statedLines(card: string): readonly StatedLine[] {
  const found: StatedLine[] = [];
  const add = (about: StatedLine["about"], line: number, text: string): void => {
    if (found.filter((one) => one.about === about).length >= MOST) return;
    found.push({ about, line, text: text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text });
  };
  const lines = card.split("\n");
  const start = endOfFrontMatter(lines);
  let isCode = false;
  lines.forEach((raw, index) => {
    if (/^\s*(?:```|~~~)/.test(raw)) isCode = !isCode;
    if (index < start || isCode || raw.length > LONGEST_LINE) return;
    const text = withoutMarks(raw);
    if (CUTOFF.test(text) && YEAR.test(text)) add("knowledge-cutoff", index + 1, text);
    else if (TRAINED.test(text) && DATA.test(text)) add("training-data", index + 1, text);
  });
  return found;
}

function endOfFrontMatter(lines: readonly string[]): number {
  if (!/^\uFEFF?---\s*$/.test(lines[0] ?? "")) return 0;
  const end = lines.findIndex((line, index) => index > 0 && /^---\s*$/.test(line));
  return end + 1;
}

/** Emphasis, tags and cells of tables are no part of a sentence. */
function withoutMarks(line: string): string {
  return plain(line.replace(/<[^<>]{0,200}>|\*\*|__|\|/g, " ").replace(/^\s*(?:[-*>]|#{1,6})\s/, "")).replace(
    /\s{2,}/g,
    " ",
  );
}
