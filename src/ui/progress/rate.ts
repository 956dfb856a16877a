// How fast bytes come: over the last three seconds, so that the figure is neither nervous nor old.
import type { Bytes, Milliseconds } from "../../model/types.js";

const WINDOW_MS: Milliseconds = 3_000;
const STEP_MS: Milliseconds = 100;
/** A shorter look says nothing. */
const SOONEST_MS: Milliseconds = 500;

interface Sample {
  readonly at: Milliseconds;
  readonly bytes: Bytes;
}

export class Rate {
  #bytes = 0;
  #samples: Sample[];

  constructor(private readonly now: () => Milliseconds) {
    this.#samples = [{ at: now(), bytes: 0 }];
  }

  /** Several hundred times per second is fine. */
  add(bytes: Bytes): void {
    const at = this.now();
    const last = this.#samples.at(-1);
    if (last === undefined || at - last.at >= STEP_MS) this.#samples.push({ at, bytes: this.#bytes });
    this.#bytes += bytes;
    this.#forget(at);
  }

  /** Bytes per second; undefined in the first half second, 0 when nothing comes. */
  get perSecond(): number | undefined {
    const at = this.now();
    this.#forget(at);
    const [first] = this.#samples;
    if (first === undefined || at - first.at < SOONEST_MS) return undefined;
    return ((this.#bytes - first.bytes) / (at - first.at)) * 1000;
  }

  /** Keeps one sample from before the window: the bytes since then are those of the window. */
  #forget(at: Milliseconds): void {
    const within = this.#samples.findIndex((sample) => sample.at > at - WINDOW_MS);
    this.#samples = this.#samples.slice(within === -1 ? -1 : Math.max(0, within - 1));
  }
}
