// Tries a load in a child process before this process does it.
//
// llama.cpp asserts in some 850 places, and a file that breaks one ends the process without an error that could be caught. The checks in
// src/gguf refuse what was found to do so; nobody can say that they are all. So the first load of a file is rehearsed: the library makes
// everything but the weights (`no_alloc`), which takes 0.1 to 0.2 s of processor time and 50 MB whatever the model's size. A file that
// passed is not rehearsed again. Nothing is computed, so a file that is fatal only to computing has to be refused by the checks.
//
// Why not let every run live in a child? It would cost each run a second start of Node (40 ms and 45 MB) and a way for tokens and signals
// between the two; and what can die of memory is known in advance: a load that nearly fills what is there, or one that was forced. Such a
// load is rehearsed for real, in a child that takes all the memory: when the system kills it, this process lives to say so in numbers.
// (Under a control group of 2 GiB a model of 1.85 GB runs and the next is refused, with nothing killed: `node bench/run.mjs limit`.)
// The child offers itself to the kernel first (rehearsal.ts). One setting defeats that: where a control group has `memory.oom.group` set,
// as some service managers and container platforms do, the kernel ends all of the group together, and nobody is left to say why.
import { fileURLToPath } from "node:url";
import type { Rehearsal } from "../engine.js";
import { saysOutOfMemory } from "./engine-log.js";
import type { RehearsalOptions, RehearsalReply } from "./rehearsal.js";
import { startChild } from "./start-child.js";

const MB = 2 ** 20;
/** Without weights even the largest header takes a second or two; what takes longer hangs. */
const DEADLINE_MS = 30_000;
/** With them a slow disk may need a while: 20 MB/s. */
const MILLISECONDS_PER_MEGABYTE = 50;
/** What people and programs end others with. */
const ENDED: readonly string[] = ["SIGTERM", "SIGINT", "SIGHUP"];
/** Only the end tells why. */
const KEPT_TEXT = 4000;
/** How a child ended that never was. */
const NOT_STARTED = { code: null, signal: null };

/** Elsewhere the library lies in another place. */
export const REHEARSES = process.platform === "linux";

/** `unknown` where this platform's library has another place. Throws the signal's reason. */
export async function rehearse(
  options: RehearsalOptions & { readonly bytes: number },
  signal?: AbortSignal,
  script = new URL("./rehearsal.js", import.meta.url),
): Promise<Rehearsal> {
  signal?.throwIfAborted();
  if (!REHEARSES) return { is: "unknown" };
  const deadline = DEADLINE_MS + (options.real ? Math.ceil(options.bytes / MB) * MILLISECONDS_PER_MEGABYTE : 0);
  // The child reads nothing; the end of its input tells it that this process is gone, however that ended.
  const child = startChild([fileURLToPath(script), JSON.stringify(options)], deadline);
  if (child === undefined) return judge(NOT_STARTED, { out: "", errors: "" }, { real: options.real, late: false });
  const stop = (): void => void child.kill("SIGKILL");
  signal?.addEventListener("abort", stop);
  const texts = { out: "", errors: "" };
  // There are none where the process could not be started for want of file descriptors.
  const { stdout, stderr }: Partial<typeof child> = child;
  stdout?.setEncoding("utf8").on("data", (text: string) => {
    texts.out = (texts.out + text).slice(-KEPT_TEXT);
  });
  stderr?.setEncoding("utf8").on("data", (text: string) => {
    texts.errors = (texts.errors + text).slice(-KEPT_TEXT);
  });
  const started = performance.now();
  const ended = await new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on("error", () => resolve(NOT_STARTED));
    child.on("close", (code, by) => resolve({ code, signal: by }));
  });
  signal?.removeEventListener("abort", stop);
  signal?.throwIfAborted();
  const late = performance.now() - started >= deadline;
  return judge(ended, texts, { real: options.real, late });
}

/** What the end of the child says. */
export function judge(
  { code, signal }: { readonly code: number | null; readonly signal: string | null },
  { out, errors }: { readonly out: string; readonly errors: string },
  { real, late }: { readonly real: boolean; readonly late: boolean },
): Rehearsal {
  const reply = code === 0 ? parse(out) : undefined;
  // The load will tell what is wrong with the library, and may know another way to start it.
  if (reply !== undefined && "unavailable" in reply) return { is: "unknown" };
  if (reply !== undefined && "ram" in reply) return { is: "fine", ram: reply.ram };
  if (reply !== undefined)
    return { is: saysOutOfMemory(reply.failed) ? "out-of-memory" : "refused", reason: reply.failed };
  // A slow disk, or memory that is swapped, is no fault of the file.
  if (late) return { is: real ? "refused" : "hostile", reason: "it gave no answer" };
  // The child could not be started at all, for a limit on processes, say: this one goes ahead where it does not risk its life.
  if (code === null && signal === null)
    return real ? { is: "refused", reason: "no process could be started to try it in first" } : { is: "unknown" };
  // The kernel kills with nothing else; V8 and the library say what they could not get.
  if (signal === "SIGKILL") return { is: "out-of-memory", reason: "the system ended the process for want of memory" };
  // Somebody else ended it; guards against a lack of memory send SIGTERM first.
  if (signal !== null && ENDED.includes(signal))
    return real ? { is: "out-of-memory", reason: `the process was ended by ${signal}` } : { is: "unknown" };
  const assertion =
    /[\w./-]*?([\w-]+\.\w+:\d+: (?:GGML_ASSERT|GGML_ABORT|fatal)[^\n]*|[\w-]+\.(?:cpp|c|h):\d+: [^\n]*|what\(\): [^\n]*)/.exec(
      errors,
    )?.[1];
  if (assertion !== undefined && !/mem_buffer/.test(assertion)) return { is: "hostile", reason: assertion };
  if (assertion !== undefined || saysOutOfMemory(errors) || /OOM|virtual memory/.test(errors)) {
    return { is: "out-of-memory", reason: "a reservation of memory failed" };
  }
  // Without a word, and with memory taken for real: whatever it was, this process would end so too.
  if (real && code !== 0) return { is: "out-of-memory", reason: `the process ended with ${signal ?? `code ${code}`}` };
  // A fault in native code, as a file can cause it.
  return signal === null ? { is: "unknown" } : { is: "hostile", reason: `it ended with ${signal}` };
}

function parse(text: string): RehearsalReply | undefined {
  try {
    return JSON.parse(text) as RehearsalReply;
  } catch {
    return undefined;
  }
}
