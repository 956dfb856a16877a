// A model card as lines for a terminal: Markdown as in a chat, without its HTML, pictures as their texts, and links numbered. Hostile text:
// whatever stands in it, nothing of it steers the terminal, and it takes no longer than its length allows.
import { Lexer, type Token, type Tokens } from "marked";
import { sanitize } from "../../sanitize.js";
import { decodeEntities, type LinkBook, plainHtml } from "./card-html.js";
import { blockLines } from "./markdown.js";
import { paint, span, wrapSpans } from "./spans.js";

export interface CardStyle {
  /** Columns that a line may have. */
  readonly width: number;
  readonly color: boolean;
  /** What relative links are relative to. */
  readonly base: string;
}

/** Longer cards are cut: nobody reads more than that in a terminal. */
const MOST_CHARS = 160 * 1024;
/** The lexer takes the square of such lines. No sentence is so long. */
const LONGEST_LINE = 8_000;
/** Of quotes and lists in one another, which the lexer reads again for each. */
const DEEPEST = 20;
const MOST_LINKS = 500;

/** @param body the card without its front matter */
export function cardLines(body: string, { width, color, base }: CardStyle): string[] {
  const text = sanitize(body.replace(/\r\n?/g, "\n").slice(0, MOST_CHARS)).split("\n").map(bounded).join("\n");
  const links: string[] = [];
  const book: LinkBook = { number: (href) => numberOf(links, href, base) };
  const style = { width, color, highlight: (code: string) => [span(code)] };
  const blocks = readBlocks(text)?.flatMap((block) => withoutHtml(block, book));
  const shown = blocks?.map((block) => blockLines(block, style)) ?? [
    text.split("\n").flatMap((line) => wrapSpans([span(line)], width).map((one) => paint(one, color))),
    ["(the card is shown as it is written: its Markdown is nested too deep)"],
  ];
  const lines = shown.flatMap((block, index) => (index > 0 ? ["", ...block] : block));
  if (body.length > MOST_CHARS) lines.push("", "(the card goes on: oslm card MODEL | less has all of it)");
  if (links.length > 0)
    lines.push("", ...links.map((href, index) => paint([span(`[${index + 1}] ${href}`, "dim")], color)));
  return lines;
}

/** What no person wrote is shown as it is, as far as it goes: a line that begins with a no-break space begins neither quote nor list. */
function bounded(line: string): string {
  const cut = line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 2)}…` : line;
  return depthOf(cut) > DEEPEST ? `\u00a0${cut}` : cut;
}

/** Undefined where lines of which each alone is harmless are nested too deep together. */
function readBlocks(text: string): Token[] | undefined {
  try {
    return new Lexer().lex(text).filter(({ type }) => type !== "space" && type !== "def");
  } catch {
    // The stack is full.
    return undefined;
  }
}

/** Quotes and lists that a line begins in one another. */
function depthOf(line: string): number {
  const marks = /^(?:\s*(?:>|[-*+]\s|\d{1,9}[.)]\s))*/.exec(line)?.[0] ?? "";
  return marks.match(/>|[-*+.)]\s/g)?.length ?? 0;
}

function numberOf(links: string[], href: string, base: string): number | undefined {
  if (href.startsWith("#") || !URL.canParse(href, base)) return undefined;
  const { protocol, href: whole } = new URL(href, base);
  if (!["http:", "https:", "mailto:"].includes(protocol) || whole.length > 2000) return undefined;
  const known = links.indexOf(whole);
  if (known >= 0) return known + 1;
  return links.length < MOST_LINKS ? links.push(whole) : undefined;
}

/** A block as the chat's renderer takes it; none where it was nothing but tags. */
function withoutHtml(token: Token, book: LinkBook): Token[] {
  switch (token.type) {
    case "html": {
      const text = plainHtml(token.raw, book);
      return text === "" ? [] : [paragraph(text)];
    }
    case "list": {
      const { items } = token as Tokens.List;
      return [{ ...token, items: items.map((item) => ({ ...item, tokens: blocksIn(item.tokens, book) })) } as Token];
    }
    case "blockquote":
      return [{ ...token, tokens: blocksIn((token as Tokens.Blockquote).tokens, book) } as Token];
    case "table": {
      const { header, rows } = token as Tokens.Table;
      const cell = (one: Tokens.TableCell) => ({ ...one, tokens: inlineIn(one.tokens, book) });
      return [{ ...token, header: header.map(cell), rows: rows.map((row) => row.map(cell)) } as Token];
    }
    case "code":
    case "hr":
    case "checkbox":
      return [token];
    default: {
      const tokens = inlineIn("tokens" in token && token.tokens ? token.tokens : [token], book);
      const isEmpty = tokens.every((one) => "text" in one && String(one.text).trim() === "" && one.type === "text");
      return isEmpty ? [] : [{ ...token, tokens } as Token];
    }
  }
}

function blocksIn(tokens: readonly Token[], book: LinkBook): Token[] {
  return tokens.flatMap((token) => withoutHtml(token, book));
}

function inlineIn(tokens: readonly Token[], book: LinkBook): Token[] {
  // Where tags of a link begin and end they are tokens of their own, with text between.
  const open: string[] = [];
  return tokens.flatMap((token): Token[] => {
    switch (token.type) {
      case "html":
        return [text(plainHtml(token.raw, book, open))];
      case "image":
        return [text(decodeEntities((token as Tokens.Image).text))];
      case "link": {
        const { href, text: shown, tokens: inner } = token as Tokens.Link;
        const own = inlineIn(inner, book);
        const isEmpty = own.every((one) => "text" in one && one.text === "");
        const number = isEmpty || href === shown ? undefined : book.number(href);
        return number === undefined ? own : [...own, text(` [${number}]`)];
      }
      case "text":
      case "escape": {
        const { tokens: inner, text: own } = token as Tokens.Text;
        return inner ? [{ ...token, tokens: inlineIn(inner, book) } as Token] : [text(decodeEntities(own))];
      }
      case "strong":
      case "em":
      case "del":
        return [{ ...token, tokens: inlineIn((token as Tokens.Strong).tokens, book) } as Token];
      default:
        return [token];
    }
  });
}

function paragraph(content: string): Token {
  return { type: "paragraph", raw: content, text: content, tokens: [text(content)] } as Tokens.Paragraph;
}

function text(content: string): Token {
  return { type: "text", raw: content, text: content, escaped: false } as Tokens.Text;
}
