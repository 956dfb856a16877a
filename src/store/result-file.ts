// A file of results, a JSON object a line, that a later run goes on with.
import { closeSync, createReadStream, fdatasyncSync, openSync, writeFileSync } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { isNoRoom, naming, namingSync } from "../disk/full-disk.js";
import { OslmError } from "../errors.js";
import { errnoOf, isAbsent } from "./files.js";
import { type Release, tryLock } from "./lock.js";
import { readLines } from "./read-lines.js";

/** A line of the file that holds an answer. */
export interface KeptResult {
  /** From 1. */
  readonly line: number;
  readonly id: string | number | null;
  /** What was asked, and what answered; missing where an older oslm wrote the line. */
  readonly promptHash?: string;
  readonly runHash?: string;
}

export class ResultFile {
  private file: number | undefined;

  private constructor(
    readonly path: string,
    private readonly release: Release,
    /** The answers in it, in their order. */
    readonly answers: readonly KeptResult[],
    /** Whether there are lines that an interrupted run had not written whole. */
    readonly torn: boolean,
  ) {}

  /** Reads what is there and changes nothing. @throws OslmError usage where it is something else, or another process writes it */
  static async open(path: string): Promise<ResultFile> {
    return tellingWhy(path, async () => {
      const release = await tryLock(`${path}.lock`);
      if (release === undefined) throw refuse(path, "Another oslm is writing to it.");
      try {
        return new ResultFile(path, release, ...(await readResults(path)));
      } catch (error) {
        await release();
        throw error;
      }
    });
  }

  /**
   * Leaves only these lines, each with the id that it is to have, and makes ready to append. What is there is replaced only where
   * that changes something.
   */
  async keep(ids: ReadonlyMap<number, KeptResult["id"]>): Promise<void> {
    await tellingWhy(this.path, async () => {
      await rewrite(this.path, ids);
      this.file = openSync(this.path, "a");
    });
  }

  /**
   * A whole line, on the disk when it returns. At once: promises would wait in Node's pool behind the engine's step, which one who
   * interrupts does not wait for.
   */
  append(result: object): void {
    if (this.file === undefined) throw new Error("keep comes first");
    const { file } = this;
    namingSync(this.path, () => {
      writeFileSync(file, `${JSON.stringify(result)}\n`);
      fdatasyncSync(file);
    });
  }

  async close(): Promise<void> {
    if (this.file !== undefined) closeSync(this.file);
    await this.release();
  }
}

async function readResults(path: string): Promise<[answers: KeptResult[], torn: boolean]> {
  const answers: KeptResult[] = [];
  let torn = false;
  for await (const { text, whole, number } of linesOf(path)) {
    const result = parse(text);
    if (!whole && isTorn(text)) torn = true;
    else if (result === undefined) throw refuse(path, `Line ${number} is no result of oslm batch.`);
    else if (result.status === "ok") answers.push({ line: number, ...result.answer });
  }
  return [answers, torn];
}

async function rewrite(path: string, ids: ReadonlyMap<number, KeptResult["id"]>): Promise<void> {
  const info = await stat(path).catch(ifAbsent);
  if (info === undefined) return;
  const temporary = `${path}.${process.pid}.tmp`;
  // A link in its place is not written through.
  await rm(temporary, { force: true });
  const copy = await open(temporary, "wx", info.mode);
  let changed = false;
  try {
    for await (const { text, whole, number } of linesOf(path)) {
      const id = ids.get(number);
      const line = id === undefined ? "" : `${withId(text, id)}\n`;
      changed ||= line !== `${text}\n` || !whole;
      if (line !== "") await copy.appendFile(line);
    }
    await copy.sync();
    if (changed) await rename(temporary, path);
  } finally {
    await copy.close();
    await rm(temporary, { force: true });
  }
}

/** The text itself where it has that id. */
function withId(text: string, id: KeptResult["id"]): string {
  const result = JSON.parse(text) as KeptResult;
  return result.id === id ? text : JSON.stringify({ ...result, id });
}

async function* linesOf(path: string): ReturnType<typeof readLines> {
  const info = await stat(path).catch(ifAbsent);
  if (info === undefined) return;
  if (!info.isFile()) throw refuse(path, "It is no file.");
  yield* readLines(createReadStream(path), path);
}

function ifAbsent(error: unknown): undefined {
  if (!isAbsent(error)) throw error;
}

/** Half of a line of ours; the only line of somebody's notes may lack its end as well. */
function isTorn(text: string): boolean {
  return text.startsWith(BEGINNING) || BEGINNING.startsWith(text);
}

/** `id` is the first field of every result. */
const BEGINNING = '{"id":';

interface Parsed {
  readonly status: "ok" | "error";
  readonly answer: Omit<KeptResult, "line">;
}

function parse(text: string): Parsed | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const { id, status, promptHash, runHash } = value as Readonly<Record<string, unknown>>;
    if (!(id === null || typeof id === "string" || typeof id === "number")) return undefined;
    if (status !== "ok" && status !== "error") return undefined;
    const hashes = { ...(isText(promptHash) && { promptHash }), ...(isText(runHash) && { runHash }) };
    return { status, answer: { id, ...hashes } };
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === "string";

async function tellingWhy<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await naming(path, work);
  } catch (error) {
    if (isNoRoom(error)) throw error;
    const code = errnoOf(error);
    throw code === undefined ? error : refuse(path, `The system says ${code}.`);
  }
}

function refuse(path: string, detail: string): OslmError<"usage"> {
  return new OslmError("usage", {
    problem: `${path} cannot take the results`,
    detail,
    help: "-o with another name, or - for stdout",
  });
}
