// The sidecar of a partial file: which file it is part of, and which of its bytes have been written. It only grows, a line
// for each write, so that a process killed at any moment loses no more than what it had not written yet.
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { readFile, rm, stat } from "node:fs/promises";
import { uptime } from "node:os";
import { parseObject } from "../model/parse-object.js";
import { addSpan, type Span, type Spans } from "../model/spans.js";
import type { Bytes, KnownFile } from "../model/types.js";
import { writeAtomic } from "./files.js";
import { journalPath } from "./partial-name.js";

/** Two readings of the same boot time differ by the clock's corrections; two boots are further apart. */
const SAME_BOOT_SECONDS = 60;
/** Many times what the lines of a large file take; more is not ours. */
const MAX_BYTES: Bytes = 64 * 1024 * 1024;
/** So many lines are written anew as the few ranges that they make. */
const COMPACT_LINES = 20_000;

/**
 * The first line is JSON and tells the file; then `START-END` for bytes written and `=N` when the first N ranges have
 * reached the disk. After a crash of the program all lines count, after one of the machine those that reached the disk.
 */
export class Journal {
  #lines = 0;
  #descriptor: number;

  private constructor(
    private readonly path: string,
    private readonly file: KnownFile,
    private spans: Spans,
  ) {
    this.#lines = spans.length;
    this.#descriptor = openSync(path, "a");
  }

  /** Begins a journal whose `spans` have reached the disk, in place of an earlier one. */
  static async create(partial: string, file: KnownFile, spans: Spans): Promise<Journal> {
    const path = journalPath(partial);
    await writeAtomic(path, opening(file, spans));
    return new Journal(path, file, spans);
  }

  /** Notes bytes that were written. Synchronous: a few microseconds, and no kill comes between. */
  note(span: Span): void {
    this.spans = addSpan(this.spans, span);
    writeSync(this.#descriptor, `${span.start}-${span.end}\n`);
    this.#lines++;
  }

  /** Forgets all that was noted. */
  forget(): void {
    this.spans = [];
    this.#lines = 0;
    ftruncateSync(this.#descriptor);
    writeSync(this.#descriptor, opening(this.file, []));
  }

  /** All that is noted so far, to be given to `flushed` once it has reached the disk. */
  mark(): { readonly lines: number; readonly spans: Spans } {
    return { lines: this.#lines, spans: this.spans };
  }

  /** Notes that what was there at the mark has reached the disk. */
  async flushed({ lines, spans }: ReturnType<Journal["mark"]>): Promise<void> {
    const isAll = lines === this.#lines;
    if (!isAll || this.#lines < COMPACT_LINES) {
      writeSync(this.#descriptor, `=${lines}\n`);
      return;
    }
    await writeAtomic(this.path, opening(this.file, spans));
    closeSync(this.#descriptor);
    this.#descriptor = openSync(this.path, "a");
    // With what was noted meanwhile.
    for (const { start, end } of this.spans) writeSync(this.#descriptor, `${start}-${end}\n`);
    this.#lines = spans.length + this.spans.length;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** The ranges of a partial file that can be built on; none when the journal is missing, broken or about another file. */
export async function readJournal(partial: string, file: KnownFile): Promise<Spans> {
  const path = journalPath(partial);
  let text: string;
  try {
    if ((await stat(path)).size > MAX_BYTES) return [];
    text = await readFile(path, "utf8");
  } catch {
    return [];
  }
  const [first = "", ...lines] = text.split("\n");
  // What follows the last line break is a line cut short.
  lines.pop();
  const bootedAt = readOpening(first, file);
  if (bootedAt === undefined) return [];
  const noted: Span[] = [];
  let flushed = 0;
  for (const line of lines) {
    const [, start, end, count] = /^(?:(\d{1,15})-(\d{1,15})|=(\d{1,9}))$/.exec(line) ?? [];
    if (count !== undefined) flushed = Math.max(flushed, Number(count));
    else if (start === undefined || Number(start) >= Number(end) || Number(end) > file.size) break;
    else noted.push({ start: Number(start), end: Number(end) });
  }
  const sameBoot = Math.abs(bootedAt - bootTime()) < SAME_BOOT_SECONDS;
  const counted = sameBoot ? noted : noted.slice(0, flushed);
  // Sorted, a long journal joins in one pass.
  return counted.sort((a, b) => a.start - b.start).reduce<Spans>(joinNext, []);
}

export async function removeJournal(partial: string): Promise<void> {
  await rm(journalPath(partial), { force: true });
}

function opening({ sha256, gitOid, size }: KnownFile, spans: Spans): string {
  const known = { sha256: sha256 ?? null, gitOid: gitOid ?? null, size };
  const head = JSON.stringify({ version: 2, ...known, bootedAt: bootTime() });
  return [head, ...spans.map(({ start, end }) => `${start}-${end}`), `=${spans.length}`, ""].join("\n");
}

/** When the machine that wrote it had started; undefined when this is no opening for the file. */
function readOpening(line: string, file: KnownFile): number | undefined {
  const { version, sha256, gitOid, size, bootedAt } = parseObject(line) ?? {};
  if (version !== 2 || size !== file.size || typeof bootedAt !== "number") return undefined;
  return sha256 === (file.sha256 ?? null) && gitOid === (file.gitOid ?? null) ? bootedAt : undefined;
}

/** Seconds since 1970. A wrong guess costs a download that starts over, since the hash of the whole decides. */
function bootTime(): number {
  return Math.round(Date.now() / 1000 - uptime());
}

function joinNext(spans: Spans, next: Span): Spans {
  const last = spans.at(-1);
  const list = spans as Span[];
  if (last === undefined || next.start > last.end) list.push(next);
  else if (next.end > last.end) list[list.length - 1] = { start: last.start, end: next.end };
  return list;
}
