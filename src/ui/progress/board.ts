// What is known of the files on their way, for whoever shows it.
import type { Bytes, Milliseconds } from "../../model/types.js";
import { Rate } from "./rate.js";

export type Doing = "downloading" | "checking" | "converting" | "merging" | "quantizing";

export interface FileOnBoard {
  readonly path: string;
  readonly doing: Doing;
  readonly total: Bytes;
  readonly received: Bytes;
  /** All bytes came and were not the file. */
  readonly comparing: boolean;
  /** The next try, on the board's clock; in the past while bytes come. */
  readonly waitingUntil: Milliseconds;
}

export class Board {
  readonly #active = new Map<string, FileOnBoard>();
  #planned = { files: 0, total: 0 };
  #finished: Bytes = 0;
  #rate: Rate;

  /** @param now a clock that never goes back, in milliseconds */
  constructor(readonly now: () => Milliseconds) {
    this.#rate = new Rate(now);
  }

  /** In the order of their names: those of shards count up. */
  get active(): readonly FileOnBoard[] {
    return [...this.#active.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Whether the sum of the files says more than the one file that is shown. */
  get several(): boolean {
    return this.#planned.files > 1 || this.#active.size > 1;
  }

  /** All planned files together; with no plan those that have begun. */
  get sum(): { readonly received: Bytes; readonly total: Bytes } {
    const sumOf = (key: "received" | "total") => this.active.reduce((sum, file) => sum + file[key], this.#finished);
    return { received: sumOf("received"), total: Math.max(this.#planned.total, sumOf("total")) };
  }

  /** Bytes per second of the last seconds; undefined at the beginning. */
  get perSecond(): number | undefined {
    return this.#rate.perSecond;
  }

  /** Time until all bytes are here; undefined while nobody can tell. */
  get left(): Milliseconds | undefined {
    const { received, total } = this.sum;
    const { perSecond = 0 } = this;
    return perSecond > 0 ? ((total - received) / perSecond) * 1000 : undefined;
  }

  plan(files: number, total: Bytes): void {
    this.#dropChecks();
    this.#planned = { files, total };
    this.#finished = 0;
  }

  start(path: string, present: Bytes, total: Bytes, doing: Doing): void {
    this.#dropChecks();
    if (this.#active.size === 0) this.#rate = new Rate(this.now);
    this.#active.set(path, { path, doing, total, received: present, comparing: false, waitingUntil: 0 });
  }

  /** @param received may be less than before, where a server sends everything again */
  update(path: string, received: Bytes): void {
    const file = this.#active.get(path);
    if (file === undefined) return;
    this.#rate.add(Math.max(0, received - file.received));
    this.#active.set(path, { ...file, received, waitingUntil: 0 });
  }

  wait(path: string, ms: Milliseconds): void {
    this.#change(path, { waitingUntil: this.now() + ms });
  }

  compare(path: string): void {
    this.#change(path, { comparing: true });
  }

  /** Takes the file off the board. */
  finish(path: string): FileOnBoard | undefined {
    const file = this.#active.get(path);
    this.#active.delete(path);
    if (file?.doing === "downloading") this.#finished += file.total;
    return file;
  }

  #change(path: string, change: Partial<FileOnBoard>): void {
    const file = this.#active.get(path);
    if (file !== undefined) this.#active.set(path, { ...file, ...change });
  }

  /** Files are checked one by one: what begins next tells that the last check is over, however it went. */
  #dropChecks(): void {
    for (const { path, doing } of this.active) if (doing === "checking") this.#active.delete(path);
  }
}
