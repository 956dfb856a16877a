// How far a count is, on stderr: one line that is drawn again on a terminal, a line for every tenth elsewhere.
import type { Milliseconds } from "../model/types.js";
import { formatDuration } from "./format.js";
import type { Output } from "./output.js";

const DRAWN_EACH_MS: Milliseconds = 200;
const CLEAR_LINE = "\r\u001b[K";

export class CountProgress {
  readonly #start: Milliseconds;
  #done = 0;
  #tokens = 0;
  #tenths = 0;
  #drawnAt = Number.NEGATIVE_INFINITY;

  /** @param now a clock that never goes back, in milliseconds */
  constructor(
    private readonly out: Output,
    private readonly total: number,
    private readonly now: () => Milliseconds = () => performance.now(),
  ) {
    this.#start = now();
  }

  /** One more is done, of so many tokens. */
  add(tokens: number): void {
    this.#done++;
    this.#tokens += tokens;
    const { progress } = this.out.terminal;
    if (progress === "bars") this.#draw();
    const tenths = Math.floor((this.#done / this.total) * 10);
    if (progress === "lines" && tenths > this.#tenths) this.out.note(this.#line());
    this.#tenths = tenths;
  }

  /** Leaves the line as it stands, the cursor below. */
  stop(): void {
    if (this.out.terminal.progress !== "bars" || this.#done === 0) return;
    this.#drawnAt = Number.NEGATIVE_INFINITY;
    this.#draw();
    if (this.#line() !== "" && this.out.styledNote("") !== undefined) this.out.terminal.stderr.write("\n");
  }

  #draw(): void {
    const at = this.now();
    if (at - this.#drawnAt < DRAWN_EACH_MS) return;
    this.#drawnAt = at;
    const line = this.out.styledNote(this.#line());
    if (line !== undefined) this.out.terminal.stderr.write(CLEAR_LINE + line);
  }

  #line(): string {
    const ms = this.now() - this.#start;
    const perSecond = ms > 0 ? (this.#tokens / ms) * 1000 : 0;
    const left = (ms / this.#done) * (this.total - this.#done);
    const rest = this.#done < this.total ? `, ${formatDuration(left)} left` : `, ${formatDuration(ms)}`;
    return `${this.#done} of ${this.total}, ${perSecond.toFixed(perSecond < 10 ? 1 : 0)} tokens/s${rest}`;
  }
}
