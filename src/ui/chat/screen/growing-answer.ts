// An answer that grows: what of it is finished and can scroll away, and what may still change.
import { blockLines, blocksOf, type Style } from "./markdown.js";

export interface Growth {
  /** Lines that are finished now, and were not before. */
  readonly finished: readonly string[];
  /** The last lines, as they look at the moment. */
  readonly growing: readonly string[];
}

export class GrowingAnswer {
  /** The text of the blocks that are not finished. */
  #text = "";
  /** So many lines of the first of them have scrolled away. */
  #gone = 0;
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
    const finished: string[] = [];
    for (const block of blocks.slice(0, -1)) {
      finished.push(...this.#lines(blockLines(block, style)));
      const end = this.#text.indexOf(block.raw) + block.raw.length;
      this.#text = this.#text.slice(end);
      this.#gone = 0;
    }
    const last = blocks.at(-1);
    if (last === undefined) return { finished, growing: [] };
    const lines = this.#lines(blockLines(last, style));
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
  #lines(lines: readonly string[]): readonly string[] {
    return ["", ...lines].slice(this.#gone);
  }
}
