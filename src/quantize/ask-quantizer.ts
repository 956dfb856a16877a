// The quantizer's process as a stream of what it says.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { OslmError } from "../errors.js";
import type { QuantizerReply, QuantizerRequest } from "./job.js";

/** How the process ended; `errors` is the end of what it said beside its replies. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
}

export interface Asking {
  readonly signal: AbortSignal;
  /** Default: the one of the built program. */
  readonly script?: URL;
}

const KEPT_TEXT = 4000;

/** Whoever stops reading ends the process. @throws OslmError no-quantizer, bad-imatrix; the signal's reason */
export async function* askQuantizer(
  request: QuantizerRequest,
  { signal, script = new URL("./quantizer.js", import.meta.url) }: Asking,
): AsyncGenerator<QuantizerReply, Ended> {
  signal.throwIfAborted();
  const child = start(fileURLToPath(script));
  const kill = (): void => void child.kill("SIGKILL");
  const ended = new Promise<Omit<Ended, "errors">>((resolve, reject) => {
    child.on("error", (cause) => reject(unavailable(cause.message, cause)));
    child.on("close", (code, by) => resolve({ code, signal: by }));
  });
  // Read below, after what is said before it.
  ended.catch(() => {});
  let errors = "";
  signal.addEventListener("abort", kill);
  try {
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      errors = (errors + text).slice(-KEPT_TEXT);
    });
    // It may be gone before it has read all.
    child.stdin?.on("error", () => {}).write(`${JSON.stringify(request)}\n`);
    if (child.stdout) {
      for await (const line of createInterface({ input: child.stdout })) {
        const reply = replyIn(line);
        if (reply === undefined) {
          errors = `${errors}${line}\n`.slice(-KEPT_TEXT);
          continue;
        }
        if (reply.is === "no-quantizer") throw unavailable(reply.reason);
        if (reply.is === "bad-imatrix") {
          throw new OslmError("bad-imatrix", { file: request.imatrix ?? "", reason: reply.reason });
        }
        if (!signal.aborted) yield reply;
      }
    }
    const { code, signal: by } = await ended;
    signal.throwIfAborted();
    return { code, signal: by, errors };
  } finally {
    signal.removeEventListener("abort", kill);
    kill();
    await ended.catch(() => {});
  }
}

/** Some parts of the library write to the output themselves, before they end the process. */
function replyIn(line: string): QuantizerReply | undefined {
  const at = line.indexOf('{"is":');
  return at < 0 ? undefined : (JSON.parse(line.slice(at)) as QuantizerReply);
}

/** Of some wants Node tells by throwing, of others by an event of a child without streams. */
function start(
  script: string,
): Pick<ChildProcessWithoutNullStreams, "on" | "kill"> & Partial<ChildProcessWithoutNullStreams> {
  try {
    return spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "pipe"] });
  } catch (cause) {
    throw unavailable(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unavailable(reason: string, cause?: unknown): OslmError {
  return new OslmError("no-quantizer", { platform: `${process.platform}-${process.arch}`, reason }, { cause });
}
