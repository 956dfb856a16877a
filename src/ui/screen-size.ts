// How large a terminal is. Some say 0 for what they do not know: in containers, over SSH, below script(1).
import type { WriteStream } from "node:tty";

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

type Sized = Partial<Pick<WriteStream, "columns" | "rows">>;

/** The size of the first of these that knows it; 80 by 24 where none does. */
export function screenSize(...streams: readonly Sized[]): ScreenSize {
  return {
    columns: streams.find(({ columns }) => columns)?.columns ?? 80,
    rows: streams.find(({ rows }) => rows)?.rows ?? 24,
  };
}
