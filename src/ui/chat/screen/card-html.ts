// HTML in a model card as plain text.

/** Gives each address a number, the same one for the same address; undefined for what is no link that leads anywhere. */
export interface LinkBook {
  number(href: string): number | undefined;
}

/** Comments, what is no text, tags, text, and a lone bracket: each character is looked at once. */
const PIECES = /<!--[\s\S]*?(?:-->|$)|<(script|style)\b[\s\S]*?(?:<\/\1\s*>|$)|<\/?[a-z][^<>]*>|[^<]+|</gi;
const BREAKS = /^<\/?(?:p|div|tr|table|ul|ol|h[1-6]|details|summary|center|section|br|hr)\b/i;

/**
 * Pictures are their `alt`, cells have a blank between them, links their number.
 * @param open addresses of links that began before, or do not end here
 */
export function plainHtml(html: string, book: LinkBook, open: string[] = []): string {
  let text = "";
  for (const [piece] of html.matchAll(PIECES)) {
    if (!/^<[a-z/!]/i.test(piece)) text += piece;
    else if (BREAKS.test(piece)) text += "\n";
    else if (/^<li\b/i.test(piece)) text += "\n• ";
    else if (/^<\/t[dh]\b/i.test(piece)) text += "  ";
    else if (/^<img\b/i.test(piece)) text += attribute(piece, "alt") ?? "";
    else if (/^<a\b/i.test(piece)) open.push(attribute(piece, "href") ?? "");
    else if (/^<\/a\b/i.test(piece)) text += numbered(open.pop(), book);
  }
  const lines = decodeEntities(text)
    .split("\n")
    .map((line) => line.trim());
  // Inline tags are nothing between two words; of a block only what is written counts.
  return html.includes("\n") || /^<\/?(?:p|div|table|ul|ol|h[1-6]|details|center)\b/i.test(html)
    ? lines.filter((line) => line !== "").join("\n")
    : decodeEntities(text);
}

function numbered(href: string | undefined, book: LinkBook): string {
  const number = href === undefined || href === "" ? undefined : book.number(href);
  return number === undefined ? "" : ` [${number}]`;
}

function attribute(tag: string, name: string): string | undefined {
  const [, double, single, bare] =
    new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>"']+))`, "i").exec(tag) ?? [];
  return double ?? single ?? bare;
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", "#39": "'", "#x27": "'" },
  ...{ mdash: "—", ndash: "–", hellip: "…", copy: "©", middot: "·", bull: "•", times: "×" },
};

/** The usual ones: numbers could stand for anything, also for what steers a terminal. */
export function decodeEntities(text: string): string {
  return text.replace(/&(#?\w{1,8});/g, (whole, name: string) => ENTITIES[name.toLowerCase()] ?? whole);
}
