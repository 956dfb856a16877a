// A file of results, a JSON object a line, that a later run goes on with.
import { closeSync, createReadStream, fdatasyncSync, openSync, writeFileSync } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { OslmError } from "../errors.js";
import { errnoOf, isAbsent } from "./files.js";
import { type Release, tryLock } from "./lock.js";
import { readLines } from "./read-lines.js";

/** What a line must have to be one of ours. */
interface Kept {
  readonly id: string | number | null;
  readonly status: "ok" | "error";
}

export class ResultFile {
  private constructor(
    private readonly file: number,
    private readonly release: Release,
    /** Ids whose work succeeded; those that failed are taken out of the file, to be done again. */
    readonly finished: ReadonlySet<string>,
    /** Lines that an interrupted run had not written whole. */
    readonly torn: number,
  ) {}

  /** @throws OslmError usage where the file holds something else, or another process writes it */
  static async open(path: string): Promise<ResultFile> {
    try {
      const release = await tryLock(`${path}.lock`);
      if (release === undefined) throw refuse(path, "Another oslm is writing to it.");
      try {
        const { finished, torn } = await repair(path);
        return new ResultFile(openSync(path, "a"), release, finished, torn);
      } catch (error) {
        await release();
        throw error;
      }
    } catch (error) {
      const code = errnoOf(error);
      throw code === undefined ? error : refuse(path, `The system says ${code}.`);
    }
  }

  /**
   * A whole line, on the disk when it returns. At once: promises would wait in Node's pool behind the engine's step, which one who
   * interrupts does not wait for.
   */
  append(result: object): void {
    writeFileSync(this.file, `${JSON.stringify(result)}\n`);
    fdatasyncSync(this.file);
  }

  async close(): Promise<void> {
    closeSync(this.file);
    await this.release();
  }
}

/** Leaves only whole lines of work that succeeded; the file is replaced only where something else is in it. */
async function repair(path: string): Promise<{ finished: Set<string>; torn: number }> {
  const finished = new Set<string>();
  const info = await stat(path).catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
  if (info === undefined) return { finished, torn: 0 };
  if (!info.isFile()) throw refuse(path, "It is no file.");
  const temporary = `${path}.${process.pid}.tmp`;
  // A link in its place is not written through.
  await rm(temporary, { force: true });
  const copy = await open(temporary, "wx", info.mode);
  let [torn, dropped] = [0, 0];
  try {
    for await (const { text, whole, number } of readLines(createReadStream(path), path)) {
      const kept = parse(text);
      if (!whole && isTorn(text)) torn++;
      else if (kept === undefined) throw refuse(path, `Line ${number} is no result of oslm batch.`);
      else if (kept.status === "error") dropped++;
      else {
        finished.add(String(kept.id));
        await copy.appendFile(`${text}\n`);
      }
    }
    await copy.sync();
    if (torn + dropped > 0) await rename(temporary, path);
  } finally {
    await copy.close();
    await rm(temporary, { force: true });
  }
  return { finished, torn };
}

/** Half of a line of ours; the only line of somebody's notes may lack its end as well. */
function isTorn(text: string): boolean {
  return text.startsWith(BEGINNING) || BEGINNING.startsWith(text);
}

/** `id` is the first field of every result. */
const BEGINNING = '{"id":';

function parse(text: string): Kept | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const { id, status } = value as Partial<Kept>;
    const known = id === null || typeof id === "string" || typeof id === "number";
    return known && (status === "ok" || status === "error") ? { id, status } : undefined;
  } catch {
    return undefined;
  }
}

function refuse(path: string, detail: string): OslmError<"usage"> {
  return new OslmError("usage", {
    problem: `${path} cannot take the results`,
    detail,
    help: "-o with another name, or - for stdout",
  });
}
