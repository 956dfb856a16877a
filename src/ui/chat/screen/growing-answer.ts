// An answer that grows: what of it is finished and can scroll away, and what may still change.
import { stripVTControlCharacters } from "node:util";
import type { Token, Tokens } from "marked";
import { blockLines, blocksOf, type Style } from "./markdown.js";

export interface Growth {
  /** Lines that are finished now, and were not before. */
  readonly finished: readonly string[];
  /** The last lines, as they look at the moment. */
  readonly growing: readonly string[];
}

/** Long code goes in pieces of so many lines: what is lexed and colored again and again stays short. */
const PIECE = 20;

export class GrowingAnswer {
  /** The text of the blocks that are not finished. */
  #text = "";
  /** So many lines of the first of them have scrolled away. */
  #gone = 0;
  /** By which those lines were laid out. */
  #laidBy: Style | undefined;
  /** The first of them is the rest of a block of code. */
  #continued = false;
  #begun = false;

  constructor(private readonly styleNow: () => Style) {}

  add(text: string): void {
    this.#text += this.#begun ? text : text.trimStart();
    this.#begun ||= this.#text !== "";
  }

  /**
   * @param height so many lines may stay unfinished: what is taller loses its first lines to the scroll-back, or it would be
   * cut off by the top of the screen
   */
  grow(height: number): Growth {
    const style = this.styleNow();
    const blocks = blocksOf(this.#text);
    this.#gone = this.#goneBy(style, blocks[0]);
    this.#laidBy = style;
    const finished: string[] = [];
    for (const block of blocks.slice(0, -1)) {
      finished.push(...this.#lines(block, style));
      this.#drop(this.#text.indexOf(block.raw) + block.raw.length);
    }
    const last = blocks.at(-1);
    if (last === undefined) return { finished, growing: [] };
    const cut = this.#gone === 0 ? this.#cutCode(last, height, style) : [];
    finished.push(...cut);
    const lines = this.#lines((cut.length > 0 && blocksOf(this.#text).at(-1)) || last, style);
    const over = Math.max(0, lines.length - height);
    this.#gone += over;
    return { finished: [...finished, ...lines.slice(0, over)], growing: lines.slice(over) };
  }

  /** Everything is finished. */
  end(): readonly string[] {
    const { finished, growing } = this.grow(Number.POSITIVE_INFINITY);
    this.#text = "";
    return [...finished, ...growing];
  }

  /** With a blank line before the block, and without the lines that have scrolled away. */
  #lines(block: Token, style: Style): readonly string[] {
    return this.#laid(block, style).slice(this.#gone);
  }

  #laid(block: Token, style: Style): readonly string[] {
    const lines = blockLines(block, style);
    return this.#continued ? lines : ["", ...lines];
  }

  /** On a screen of another width other lines hold what has scrolled away. One that holds more than that is shown once more. */
  #goneBy(style: Style, block: Token | undefined): number {
    const before = this.#laidBy;
    if (this.#gone === 0 || block === undefined || before === undefined || before.width === style.width)
      return this.#gone;
    let seen = count(this.#laid(block, before).slice(0, this.#gone).join(""));
    const first = this.#laid(block, style).findIndex((line) => {
      seen -= count(line);
      return seen < 0;
    });
    return first < 0 ? this.#laid(block, style).length : first;
  }

  #drop(length: number): void {
    this.#text = this.#text.slice(length);
    this.#gone = 0;
    this.#continued = false;
  }

  /** The first lines of code that is long: they are finished, and what remains begins with the same fence. */
  #cutCode(block: Token, height: number, style: Style): readonly string[] {
    const [fence = "", ...code] = block.raw.split("\n");
    const count = Math.floor((code.length - height) / PIECE) * PIECE;
    if (block.type !== "code" || !/^(```|~~~)/.test(fence) || !(count > 0)) return [];
    const piece: Tokens.Code = { ...(block as Tokens.Code), text: code.slice(0, count).join("\n") };
    const lines = this.#lines(piece, style);
    this.#drop(this.#text.indexOf(block.raw));
    this.#text = `${fence}\n${code.slice(count).join("\n")}`;
    this.#continued = true;
    return lines;
  }
}

/** Letters without what a layout adds: blanks, colors and rules. */
function count(line: string): number {
  return stripVTControlCharacters(line).replace(/[\s─│]/g, "").length;
}
