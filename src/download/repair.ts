// All bytes of a file are here, and they are not the file: which of them are compared with the source, and when the hash is asked again.
import { PIECE_BYTES } from "../model/piece-sums.js";
import { overlaps, piecesOf, type Span, type Spans } from "../model/spans.js";
import type { Bytes } from "../model/types.js";

/** At a time: mostly one piece is wrong, and each of the others is fetched for nothing. */
const MAX_COMPARED = 2;

/** What is known of a wrong file while its pieces are compared with the source. */
export class Repair {
  /** Still to be compared. */
  #left: Span[];
  /** Some of what was compared was another than the source's. */
  #differed = false;
  /** How often the hash was not the file's. */
  #hashed = 1;

  /**
   * @param inherited what came with an earlier run
   * @param blamed the pieces that the sums of the right file speak against, where those are known
   */
  constructor(
    private readonly size: Bytes,
    inherited: Spans,
    private blamed: Spans = [],
  ) {
    this.#left = blamed.length > 0 ? [...blamed] : suspects(size, inherited);
  }

  get wasBlamed(): boolean {
    return this.blamed.length > 0;
  }

  get isCompared(): boolean {
    return this.#left.length === 0;
  }

  /** After the first difference the hash decides whether it was the only one, before more is fetched. */
  get isToBeHashed(): boolean {
    return this.isCompared || this.#hasFirst;
  }

  get #hasFirst(): boolean {
    return this.#differed && this.#hashed === 1;
  }

  /** What is to be fetched and compared next; undefined when there is nothing now. @param running connections at work */
  next(knowsRanges: boolean, running: number): Span | undefined {
    if (this.#hasFirst) return undefined;
    if (knowsRanges) return running < MAX_COMPARED ? this.#left.shift() : undefined;
    if (running > 0 || this.isCompared) return undefined;
    this.#left = [];
    return { start: 0, end: this.size };
  }

  /** To be compared before all else, and after it. */
  first(span: Span): void {
    this.#left.unshift(span);
  }

  last(span: Span): void {
    this.#left.push(span);
  }

  /** Bytes here were not the source's. */
  differs(): void {
    this.#differed = true;
  }

  /** The hash is still another: whether there is more to compare. */
  goesOn(inherited: Spans): boolean {
    this.#hashed++;
    if (!this.isCompared) return true;
    const { blamed } = this;
    if (this.#differed || !blamed.some((piece) => overlaps(inherited, piece))) return false;
    // What was here before is as the source has it: the sums are wrong about the file.
    this.blamed = [];
    this.#left = suspects(this.size, inherited).filter((piece) => !overlaps(blamed, piece));
    return true;
  }
}

/** All pieces, first those with bytes of an earlier run: power cuts and changed files damage these. */
function suspects(size: Bytes, inherited: Spans): Span[] {
  const pieces = piecesOf(size, PIECE_BYTES);
  return [
    ...pieces.filter((piece) => overlaps(inherited, piece)),
    ...pieces.filter((piece) => !overlaps(inherited, piece)),
  ];
}
