// Markdown as lines for a terminal. The lexer is marked's; what is made of its blocks is here.
import { Lexer, type Token, type Tokens } from "marked";
import { type Look, paint, type Span, span, widthOf, wrapSpans } from "./spans.js";
import { tableLines } from "./table-lines.js";

export interface Style {
  /** Columns that a line may have. */
  readonly width: number;
  readonly color: boolean;
  /** All of it dim, as thinking is. */
  readonly dim?: boolean;
  highlight(code: string, language: string): Span[];
}

/** The blocks of a text, blank lines left out; the last one may still grow. */
export function blocksOf(text: string): Token[] {
  return new Lexer().lex(text).filter(({ type }) => type !== "space" && type !== "def");
}

/** The painted lines of a block. */
export function blockLines(block: Token, style: Style): string[] {
  const dimmed = (line: readonly Span[]) => (style.dim ? line.map(({ text }) => span(text, "dim")) : line);
  return spanLines(block, style).map((line) => paint(dimmed(line), style.color));
}

function spanLines(block: Token, style: Style): Span[][] {
  switch (block.type) {
    case "heading":
      return wrapSpans(inline((block as Tokens.Heading).tokens, "heading"), style.width);
    case "paragraph":
    case "text":
      return wrapSpans(inline((block as Tokens.Paragraph).tokens ?? [block]), style.width);
    case "code":
      return codeLines(block as Tokens.Code, style);
    case "list":
      return listLines(block as Tokens.List, style);
    case "blockquote": {
      const inner = nested((block as Tokens.Blockquote).tokens, { ...style, width: style.width - 2 });
      return inner.map((line) => [span("│ ", "dim"), ...line]);
    }
    case "table":
      return tableLines(
        (block as Tokens.Table).header.map(({ tokens }) => inline(tokens, "bold")),
        (block as Tokens.Table).rows.map((row) => row.map(({ tokens }) => inline(tokens))),
        style.width,
      );
    case "hr":
      return [[span("─".repeat(Math.min(style.width, 40)), "dim")]];
    default:
      // HTML and what else there may be stays as it was written.
      return wrapSpans([span(block.raw.trimEnd())], style.width);
  }
}

/** Blocks below each other, a blank line between those that are not closely together. */
function nested(blocks: readonly Token[], style: Style, close = false): Span[][] {
  return blocks
    .filter(({ type }) => type !== "space" && type !== "def" && type !== "checkbox")
    .flatMap((block, index) => {
      const lines = spanLines(block, style);
      return index > 0 && !(close || block.type === "list") ? [[], ...lines] : lines;
    });
}

function codeLines({ text, lang = "" }: Tokens.Code, style: Style): Span[][] {
  const language = /^[\w+#-]*/.exec(lang)?.[0].toLowerCase() ?? "";
  const lines = wrapSpans(keepIndent(style.highlight(text, language)), Math.max(8, style.width - 2));
  return lines.map((line) => [
    span("  "),
    ...line.map(({ text: piece, look }) => span(piece.replaceAll("\u00a0", " "), look)),
  ]);
}

/** Blanks at the beginning of lines are part of code; a no-break space is as wide and is no place to break a line. */
function keepIndent(spans: readonly Span[]): Span[] {
  return spans.map(({ text, look }) => ({ text: text.replaceAll("\t", "    ").replaceAll(" ", "\u00a0"), look }));
}

function listLines({ ordered, start, items, loose }: Tokens.List, style: Style): Span[][] {
  const marks = items.map(({ task, checked }, index) => {
    if (task) return checked ? "[x] " : "[ ] ";
    return ordered ? `${Number(start || 1) + index}. ` : "• ";
  });
  const wide = Math.max(...marks.map((mark) => mark.length));
  return items.flatMap(({ tokens }, index) => {
    const lines = nested(tokens, { ...style, width: Math.max(8, style.width - wide) }, !loose);
    const shown = (lines.length > 0 ? lines : [[]]).map((line, row) => [
      row === 0 ? span((marks[index] ?? "").padStart(wide), "dim") : span(" ".repeat(wide)),
      ...line,
    ]);
    return loose && index > 0 ? [[], ...shown] : shown;
  });
}

function inline(tokens: readonly Token[], look: Look = "plain"): Span[] {
  return tokens.flatMap((token): Span[] => {
    switch (token.type) {
      case "strong":
        return inline((token as Tokens.Strong).tokens, look === "heading" ? look : "bold");
      case "em":
        return inline((token as Tokens.Em).tokens, look === "plain" ? "italic" : look);
      case "del":
        return inline((token as Tokens.Del).tokens, "strike");
      case "codespan":
        return [span((token as Tokens.Codespan).text, "code")];
      case "br":
        return [span("\n")];
      case "link":
        return link(token as Tokens.Link, look);
      case "image":
        return [span(`${(token as Tokens.Image).text} (${(token as Tokens.Image).href})`, look)];
      case "text":
      case "escape": {
        const { tokens: inner, text } = token as Tokens.Text;
        return inner ? inline(inner, look) : [span(text, look)];
      }
      default:
        return [span(token.raw, look)];
    }
  });
}

/** Terminals that know addresses make them links by themselves; the others show where one leads. */
function link({ href, text, tokens }: Tokens.Link, look: Look): Span[] {
  const shown = inline(tokens, look === "plain" ? "link" : look);
  const same = href === text || href === `mailto:${text}` || widthOf(shown) === 0;
  return same ? [span(text || href, "link")] : [...shown, span(" ("), span(href, "dim"), span(")")];
}
