// A page as roff, in the macros of man(7): man/oslm-VERB.1.
import { verb } from "./markdown.js";
import type { Page, Term } from "./page.js";

/** The whole program's page has more than a verb's. */
export interface ProgramPage extends Page {
  /** Each verb with what it does. */
  readonly verbs: readonly Term[];
  /** Texts as they stand, by heading. */
  readonly texts: readonly (readonly [heading: string, text: string])[];
}

/** Of the version in package.json: it goes up with it. */
const DATE = "2026-11-22";

export function manPage(page: Page, version: string): string {
  const parts = page.parts.flatMap((part) => [
    `.SS ${text(part.path)}`,
    wrap(part.description),
    ...synopsis(part),
    ...terms(part),
  ]);
  return roff(page.path, version, [
    ...name(page),
    ".SH SYNOPSIS",
    usage(page),
    ".SH DESCRIPTION",
    wrap(page.description),
    ...section("ARGUMENTS", page.arguments),
    ...section("OPTIONS", page.options),
    paragraph("Options of every command are in oslm(1)."),
    ...section("JSON FIELDS", page.fields),
    ...(parts.length > 0 ? [".SH COMMANDS", ...parts] : []),
    ...section("EXIT STATUS", page.exits),
    ...examples(page),
    ".SH SEE ALSO",
    bold("oslm(1)"),
  ]);
}

export function programManPage(page: ProgramPage, version: string): string {
  return roff(page.path, version, [
    ...name(page),
    ".SH SYNOPSIS",
    `${bold("oslm")} \\fICOMMAND\\fR [options]`,
    ".SH DESCRIPTION",
    wrap(page.description),
    ".SH COMMANDS",
    wrap("Each has a page of its own, such as oslm-pull(1)."),
    ...list(page.verbs),
    ...section("OPTIONS OF EVERY COMMAND", page.options),
    ...section("EXIT STATUS", page.exits),
    ...page.texts.flatMap(([heading, content]) => [`.SH ${heading}`, ...preformatted(content)]),
    ...examples(page),
    ".SH SEE ALSO",
    page.verbs.map(({ term }) => bold(`oslm-${term}(1)`)).join(",\n"),
  ]);
}

function roff(path: string, version: string, lines: readonly string[]): string {
  const title = path.replaceAll(" ", "-").toUpperCase();
  return `.\\" Written by node scripts/reference.mjs\n.TH ${text(title)} 1 "${DATE}" "oslm ${version}" "User Commands"\n${lines.join("\n")}\n`;
}

function name({ path, description }: Page): string[] {
  const [first = "", ...rest] = description.slice(0, -1);
  return [".SH NAME", wrap(`${path.replaceAll(" ", "-")} - ${first.toLowerCase()}${rest.join("")}`)];
}

const usage = ({ usage: line }: Page): string => wrap(line);

const synopsis = (page: Page): string[] => [".PP", usage(page)];
const terms = (page: Page): string[] => [...list(page.arguments), ...list(page.options), ...list(page.fields)];

function section(heading: string, all: readonly Term[]): string[] {
  return all.length === 0 ? [] : [`.SH ${heading}`, ...list(all)];
}

function list(all: readonly Term[]): string[] {
  return all.flatMap(({ term, text: what }) => [".TP", bold(term), wrap(what)]);
}

function examples({ examples: all }: Page): string[] {
  if (all.length === 0) return [];
  return [".SH EXAMPLES", ...all.flatMap(([line, what]) => [".TP", bold(line), wrap(what)])];
}

function paragraph(content: string): string {
  return `.PP\n${wrap(content)}`;
}

function preformatted(content: string): string[] {
  return [
    ".nf",
    ...content
      .replace(/\s+$/, "")
      .split("\n")
      .map((line) => (line === "" ? ".sp" : text(line))),
    ".fi",
  ];
}

function bold(content: string): string {
  return `\\fB${text(content)}\\fR`;
}

/** Source lines of at most 79 letters, none of which reads as a request. */
function wrap(content: string): string {
  const lines: string[] = [];
  for (const word of content.split(/\s+/).map(escaped)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length < 79) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.map(guarded).join("\n");
}

/** A line as it stands. */
const text = (line: string): string => guarded(escaped(line));

/** A hyphen is one that can be pasted. */
function escaped(words: string): string {
  const names: Readonly<Record<string, string>> = {
    "\\": "e",
    "-": "-",
    "'": "(aq",
    "`": "(ga",
    "~": "(ti",
    "^": "(ha",
  };
  return words.replace(/[\\\-'`~^]/g, (letter) => `\\${names[letter]}`);
}

const guarded = (line: string): string => (line.startsWith(".") ? `\\&${line}` : line);

export const manFile = (page: Page): string => `man/${["oslm", verb(page.path)].filter(Boolean).join("-")}.1`;
