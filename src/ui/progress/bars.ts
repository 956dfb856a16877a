// Progress on a terminal: a few rows that are drawn again ten times a second, and what is said above them.
import type { WriteStream } from "node:tty";
import cliProgress from "cli-progress";
import type { Bytes, Milliseconds } from "../../model/types.js";
import { formatBytes } from "../format.js";
import type { Output } from "../output.js";
import type { Ending, Progress } from "../progress.js";
import { sanitizeLine } from "../sanitize.js";
import { screenSize } from "../screen-size.js";
import { Board, type Doing } from "./board.js";
import { lastRow, progressRows } from "./rows.js";

const DRAWN_PER_SECOND = 10;
/** Bars are cut at the right edge; what is said above them goes on in the next line. */
const [WRAP, CUT, CLEAR_TO_EDGE] = ["\u001b[?7h", "\u001b[?7l", "\u001b[K"];

export class Bars implements Progress {
  readonly #board: Board;
  readonly #stderr: NodeJS.WritableStream & Partial<Pick<WriteStream, "columns" | "rows">>;
  /** Exists while there is something to draw. */
  #multi: cliProgress.MultiBar | undefined;
  /** One for each row on the screen, from above. */
  #slots: cliProgress.SingleBar[] = [];
  #rows: readonly string[] = [];

  constructor(
    private readonly out: Output,
    now: () => Milliseconds,
  ) {
    this.#board = new Board(now);
    this.#stderr = out.terminal.stderr;
  }

  plan(files: number, total: Bytes): void {
    this.#board.plan(files, total);
  }

  start(path: string, present: Bytes, total: Bytes, doing: Doing = "downloading"): void {
    this.#board.start(path, present, total, doing);
    this.#fit();
  }

  /** Only remembers: drawn when it is time. */
  update(path: string, received: Bytes): void {
    this.#board.update(path, received);
  }

  wait(path: string, ms: Milliseconds): void {
    this.#board.wait(path, ms);
  }

  compare(path: string): void {
    this.#board.compare(path);
  }

  finish(path: string, ending: Ending): void {
    const file = this.#board.finish(path);
    if (file === undefined) return;
    this.note(`${path}  ${formatBytes(file.total)}  ${ending}`);
    this.#fit();
  }

  note(text: string): void {
    const line = this.out.styledNote(sanitizeLine(text));
    if (line === undefined) return;
    if (this.#multi === undefined) this.#stderr.write(`${line}\n`);
    else this.#multi.log(`${WRAP}${line}${CLEAR_TO_EDGE}\n${CUT}`);
  }

  stop(): void {
    for (const file of this.#board.active) {
      this.#board.finish(file.path);
      if (file.doing === "downloading") this.note(lastRow(file));
    }
    this.#fit();
  }

  /** As many rows on the screen as there are to show. */
  #fit(): void {
    const { length } = this.#look();
    if (length === 0) {
      this.#close();
      return;
    }
    this.#multi ??= this.#open();
    while (this.#slots.length < length) {
      const index = this.#slots.length;
      this.#slots.push(this.#multi.create(1, 0, {}, { format: () => this.#rows[index] ?? "" }));
    }
    if (this.#slots.length === length) return;
    for (const slot of this.#slots.splice(length)) this.#multi.remove(slot);
    // Brings the cursor back to the last row.
    this.#multi.update();
  }

  #look(): readonly string[] {
    const { columns, rows } = screenSize(this.#stderr);
    this.#rows = progressRows(this.#board, columns, rows - 1);
    return this.#rows;
  }

  #open(): cliProgress.MultiBar {
    const multi = new cliProgress.MultiBar({
      stream: this.#stderr,
      fps: DRAWN_PER_SECOND,
      hideCursor: true,
      linewrap: false,
      clearOnComplete: true,
      // A line said above moves all rows, and the library would not notice.
      forceRedraw: true,
      gracefulExit: false,
    });
    multi.on("update-pre", () => this.#look());
    this.#stderr.on("resize", this.#onResize);
    process.once("exit", this.#close);
    return multi;
  }

  /** Says what is still to be said, takes the rows away and shows the cursor; also when the process is ended. */
  readonly #close = (): void => {
    if (this.#multi === undefined) return;
    for (const { path } of this.#board.active) this.#board.finish(path);
    this.#stderr.off("resize", this.#onResize);
    process.off("exit", this.#close);
    this.#multi.update();
    this.#multi.stop();
    this.#multi = undefined;
    this.#slots = [];
  };

  /** Terminals break rows that are too long now: the rows take more lines than the library remembers. */
  readonly #onResize = (): void => {
    const { columns } = screenSize(this.#stderr);
    const lines = this.#rows.reduce((sum, row) => sum + Math.max(1, Math.ceil(row.length / columns)), 0);
    if (lines === this.#rows.length) return;
    this.#stderr.write(`\u001b[${lines - 1}A\r\u001b[J${"\n".repeat(this.#rows.length - 1)}`);
    this.#rows = this.#rows.map(() => "");
  };
}
