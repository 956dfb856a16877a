// What this process is connected to, decided once.
import type { ReadStream, WriteStream } from "node:tty";
import { screenSize } from "./screen-size.js";

export interface Terminal {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly stdinTty: boolean;
  readonly stdoutTty: boolean;
  readonly stderrTty: boolean;
  /** Whether styles may be written to that stream. */
  readonly stdoutColor: boolean;
  readonly stderrColor: boolean;
  /** How far something is may be shown by bars that are redrawn on stderr, by lines, or not at all. */
  readonly progress: "bars" | "lines" | "none";
  /** Whether what is shown may be redrawn: not in a dumb terminal, and not where a screen reader reads it aloud. */
  readonly redraws: boolean;
  /** Columns of the terminal; 80 where there is none, or none is known. */
  readonly width: number;
  /** Whether a person can be asked something. */
  readonly canPrompt: boolean;
}

export interface TerminalFlags {
  readonly color: boolean;
  readonly input: boolean;
  readonly progress: boolean;
  readonly quiet: boolean;
}

interface Streams {
  readonly stdin: NodeJS.ReadableStream & Partial<Pick<ReadStream, "isTTY">>;
  readonly stdout: NodeJS.WritableStream & Partial<Pick<WriteStream, "isTTY" | "columns">>;
  readonly stderr: NodeJS.WritableStream & Partial<Pick<WriteStream, "isTTY" | "columns">>;
  readonly env: NodeJS.ProcessEnv;
}

/** Each stream is judged on its own: a piped stdout says nothing about stderr. NO_COLOR counts when it is not empty. */
export function openTerminal({ stdin, stdout, stderr, env }: Streams, flags: TerminalFlags): Terminal {
  const dumb = env.TERM === "dumb";
  const read = Boolean(env.OSLM_SCREEN_READER) && env.OSLM_SCREEN_READER !== "0";
  const ci = Boolean(env.CI);
  const tells = flags.progress && !flags.quiet && !ci && !env.NO_PROGRESS;
  const color = (tty: boolean): boolean => {
    if (!flags.color || env.NO_COLOR) return false;
    if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
    return tty && !dumb;
  };
  const [stdinTty, stdoutTty, stderrTty] = [stdin, stdout, stderr].map((stream) => stream.isTTY === true) as [
    boolean,
    boolean,
    boolean,
  ];
  return {
    stdin,
    stdout,
    stderr,
    stdinTty,
    stdoutTty,
    stderrTty,
    stdoutColor: color(stdoutTty),
    stderrColor: color(stderrTty),
    progress: !tells ? "none" : stderrTty && !dumb && !read ? "bars" : "lines",
    redraws: !dumb && !read && !ci,
    width: screenSize(stdout, stderr).columns,
    canPrompt: flags.input && stdinTty && stderrTty && !ci,
  };
}
