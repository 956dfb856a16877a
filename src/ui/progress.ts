// Progress on stderr: bars on a terminal, a line for every tenth elsewhere.
import type { Bytes, Milliseconds } from "../model/types.js";
import type { Output } from "./output.js";
import { Bars } from "./progress/bars.js";
import type { Doing } from "./progress/board.js";
import { Lines } from "./progress/lines.js";

export type Ending = "verified" | "checked" | "written";

export interface Progress {
  /** All that will be downloaded: so many files, so many bytes. */
  plan(files: number, total: Bytes): void;
  /** `present` bytes are here already and do not count for the speed. Files are checked one at a time. */
  start(path: string, present: Bytes, total: Bytes, doing?: Doing): void;
  update(path: string, received: Bytes): void;
  /** Nothing comes for so long. */
  wait(path: string, ms: Milliseconds): void;
  /** All bytes came, and are compared with the source. */
  compare(path: string): void;
  finish(path: string, ending: Ending): void;
  /** Says something without tearing a bar. */
  note(text: string): void;
  /** Leaves a line of each unfinished file, the cursor visible and below. */
  stop(): void;
}

/** @param now a clock that never goes back, in milliseconds */
export function createProgress(out: Output, now: () => Milliseconds = () => performance.now()): Progress {
  const { progress } = out.terminal;
  return progress === "bars" ? new Bars(out, now) : new Lines(out, progress === "lines", now);
}
