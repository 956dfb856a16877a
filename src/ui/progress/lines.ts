// Progress where nothing can be redrawn: a line for every tenth of the whole.
import type { Bytes, Milliseconds } from "../../model/types.js";
import { formatBytes } from "../format.js";
import type { Output } from "../output.js";
import type { Progress } from "../progress.js";
import { Board, type Doing } from "./board.js";
import { speedOf } from "./rows.js";

const SHORTEST_PAUSE_MS: Milliseconds = 1_000;

export class Lines implements Progress {
  readonly #board: Board;
  #tenths = 0;
  #toldAt: Milliseconds;

  /** @param tells whether how far it is is told at all */
  constructor(
    private readonly out: Output,
    private readonly tells: boolean,
    private readonly now: () => Milliseconds,
  ) {
    this.#board = new Board(now);
    this.#toldAt = now();
  }

  plan(files: number, total: Bytes): void {
    this.#board.plan(files, total);
  }

  start(path: string, present: Bytes, total: Bytes, doing: Doing = "downloading"): void {
    if (this.#board.active.every((file) => file.doing === "checking")) this.#toldAt = this.now();
    this.#board.start(path, present, total, doing);
    this.#tenths = this.#reached();
    const kept = present > 0 ? `, ${formatBytes(present)} kept from before` : "";
    this.out.note(`${doing} ${path} (${formatBytes(total)}${kept})`);
  }

  update(path: string, received: Bytes): void {
    this.#board.update(path, received);
    if (!this.tells || this.now() - this.#toldAt < SHORTEST_PAUSE_MS || this.#reached() <= this.#tenths) return;
    this.#tenths = this.#reached();
    this.#toldAt = this.now();
    const { sum } = this.#board;
    const sizes = `${formatBytes(sum.received)} of ${formatBytes(sum.total)}`;
    const figures = [`${this.#tenths * 10}%`.padStart(4), sizes, speedOf(this.#board)];
    this.out.note(`  ${figures.join("  ").trimEnd()}`);
  }

  wait(): void {}

  compare(): void {}

  finish(path: string): void {
    this.#board.finish(path);
  }

  note(text: string): void {
    this.out.note(text);
  }

  stop(): void {}

  #reached(): number {
    const { received, total } = this.#board.sum;
    return Math.floor((received / Math.max(1, total)) * 10);
  }
}
