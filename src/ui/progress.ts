// Download progress on stderr: bars on a terminal, a line for every tenth elsewhere.
import cliProgress from "cli-progress";
import type { Bytes } from "../model/types.js";
import { formatBytes, formatDuration } from "./format.js";
import type { Output } from "./output.js";
import { sanitizeLine } from "./sanitize.js";

export interface Progress {
  /** `present` bytes are here already and do not count for the speed. */
  start(path: string, present: Bytes, total: Bytes): void;
  update(path: string, received: Bytes): void;
  /** Says something without tearing a bar. */
  note(text: string): void;
  /** Leaves the bars as they are and the cursor below them. */
  stop(): void;
}

export function createProgress(out: Output): Progress {
  return out.terminal.progress ? new Bars(out) : new Lines(out);
}

/** Percentage, sizes, speed and time left, with the blanks between. */
const FIGURES_WIDTH = 48;

/** The end of a long name tells more than its beginning: the quantization and the shard stand there. */
function shortName(path: string, width: number): string {
  const name = sanitizeLine(path.split("/").at(-1) ?? path);
  return name.length > width ? `…${name.slice(1 - width)}` : name.padEnd(width);
}

class Bars implements Progress {
  readonly #bars = new Map<string, { bar: cliProgress.SingleBar; began: number; present: Bytes; total: Bytes }>();
  readonly #multi: cliProgress.MultiBar;

  readonly #nameWidth: number;

  constructor(out: Output) {
    const room = out.terminal.width - FIGURES_WIDTH;
    this.#nameWidth = Math.max(10, Math.min(36, Math.floor(room * 0.6)));
    this.#multi = new cliProgress.MultiBar(
      {
        stream: out.terminal.stderr,
        format: "{name} {bar} {percentage}%  {done} of {size}  {speed}",
        barsize: Math.max(4, Math.min(24, room - this.#nameWidth)),
        barCompleteChar: "█",
        barIncompleteChar: "░",
        hideCursor: true,
        clearOnComplete: false,
        stopOnComplete: false,
        fps: 10,
        gracefulExit: false,
      },
      cliProgress.Presets.shades_classic,
    );
  }

  start(path: string, present: Bytes, total: Bytes): void {
    const payload = {
      name: shortName(path, this.#nameWidth),
      done: formatBytes(present),
      size: formatBytes(total),
      speed: "",
    };
    const bar = this.#multi.create(Math.max(1, total), present, payload);
    this.#bars.set(path, { bar, began: performance.now(), present, total });
  }

  update(path: string, received: Bytes): void {
    const entry = this.#bars.get(path);
    if (!entry) return;
    const ms = performance.now() - entry.began;
    const perSecond = ms > 500 ? ((received - entry.present) / ms) * 1000 : 0;
    const left = perSecond > 0 ? formatDuration(((entry.total - received) / perSecond) * 1000) : "";
    const speed = perSecond > 0 ? `${formatBytes(perSecond)}/s  ${received < entry.total ? left : ""}` : "";
    entry.bar.update(received, { done: formatBytes(received), speed });
  }

  note(text: string): void {
    this.#multi.log(`${sanitizeLine(text)}\n`);
  }

  stop(): void {
    this.#multi.stop();
  }
}

class Lines implements Progress {
  readonly #files = new Map<string, { total: Bytes; tenths: number }>();

  constructor(private readonly out: Output) {}

  start(path: string, present: Bytes, total: Bytes): void {
    this.#files.set(path, { total, tenths: Math.floor((present / Math.max(1, total)) * 10) });
    this.out.note(
      `downloading ${path} (${formatBytes(total)}${present > 0 ? `, ${formatBytes(present)} kept from before` : ""})`,
    );
  }

  update(path: string, received: Bytes): void {
    const file = this.#files.get(path);
    if (!file) return;
    const tenths = Math.floor((received / Math.max(1, file.total)) * 10);
    // Small files are done before anybody could want to know how far they are.
    if (tenths <= file.tenths || file.total < 10_000_000) return;
    file.tenths = tenths;
    this.out.note(`  ${path} ${tenths * 10}%`);
  }

  note(text: string): void {
    this.out.note(text);
  }

  stop(): void {}
}
