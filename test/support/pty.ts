// Runs the built program in a pseudo terminal.
import { readSync } from "node:fs";
import type { ReadStream } from "node:tty";
import { type IPty, spawn } from "@lydell/node-pty";
import { BIN, type Home } from "./oslm.js";

export interface TerminalResult {
  readonly code: number;
  /** Everything shown, with escape sequences. */
  readonly raw: string;
  /** The same without escape sequences and carriage returns. */
  readonly text: string;
}

/** What to wait for on the screen, and what to type then, or to do with all that came; the empty text does not wait. */
export type Step = readonly [
  waitFor: string | RegExp,
  type: string | ((child: IPty, raw: () => string) => void | Promise<void>),
];

const TIMEOUT_MS = 30_000;

/** @param shell starts bash, or this program, instead: for a test that types the command itself */
export function inTerminal(
  home: Home,
  args: readonly string[],
  steps: readonly Step[] = [],
  {
    columns = 100,
    rows = 30,
    env = {},
    program = BIN,
    shell = false,
    cwd,
  }: {
    columns?: number;
    rows?: number;
    env?: Readonly<Record<string, string>>;
    program?: string;
    shell?: boolean | readonly string[];
    cwd?: string;
  } = {},
): Promise<TerminalResult> {
  return new Promise((resolve, reject) => {
    const typed = shell === true ? ["bash", "--norc", "--noprofile", "-i"] : shell;
    const [file = "", ...words] = typed || [process.execPath, program, ...args];
    const child = spawn(file, words, {
      cols: columns,
      rows,
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...home.env, TERM: "xterm-256color", ...env },
    });
    readToTheEnd(child);
    let raw = "";
    let from = 0;
    let next = 0;
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`waiting for ${String(steps[next]?.[0] ?? "the end")}; on the screen:\n${plain(raw)}`));
    }, TIMEOUT_MS);
    const advance = (): void => {
      const step = steps[next];
      if (step === undefined) return;
      const seen = plain(raw.slice(from));
      const found = typeof step[0] === "string" ? seen.includes(step[0]) : step[0].test(seen);
      if (!found) return;
      from = raw.length;
      next++;
      if (typeof step[1] === "string") child.write(step[1]);
      else void step[1](child, () => raw);
      advance();
    };
    child.onData((data) => {
      raw += data;
      advance();
    });
    child.onExit(({ exitCode, signal }) => {
      clearTimeout(timer);
      resolve({ code: signal ? 128 + signal : exitCode, raw, text: plain(raw) });
    });
    advance();
  });
}

/** A terminal gives 4095 bytes at a time. Where its program has ended before they are read, libuv takes the first such piece for the last. */
function readToTheEnd(child: IPty): void {
  const { _socket: socket, _fd: fd } = child as IPty & { readonly _socket: ReadStream; readonly _fd: number };
  const push = socket.push.bind(socket);
  socket.push = (chunk) => {
    if (chunk === null) for (const rest of restOf(fd)) push(rest);
    return push(chunk);
  };
}

function* restOf(fd: number): Generator<Buffer> {
  for (;;) {
    const piece = Buffer.alloc(4096);
    let length: number;
    try {
      length = readSync(fd, piece);
    } catch {
      // EIO: its program has ended, and all is read. EAGAIN: another program has it open.
      return;
    }
    if (length === 0) return;
    yield piece.subarray(0, length);
  }
}

function plain(raw: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them
  return raw.replace(/\u001b\[[0-?]*[ -/]*[@-~]|\u001b[=>78]/g, "").replace(/\r/g, "");
}
