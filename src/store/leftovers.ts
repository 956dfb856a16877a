// What interrupted downloads left of a blob.
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { lengthOf, type Spans } from "../model/spans.js";
import type { Bytes, KnownFile } from "../model/types.js";
import { namesIn, peek } from "./files.js";
import { readJournal, removeJournal } from "./journal.js";
import { isPartialName } from "./partial-name.js";

export interface Leftover {
  readonly path: string;
  /** The bytes that may be kept; none when nothing vouches for them. */
  readonly spans: Spans;
}

/** The fullest first. */
export async function leftovers(blob: string, file: KnownFile): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const path of await leftoverPaths(blob)) {
    const stat = await peek(path);
    // A link planted under such a name must not be written through.
    const noted = stat?.isFile() ? await readJournal(path, file) : [];
    // Noted and lost all the same: a disk that did not keep its word.
    const spans = noted.filter(({ end }) => end <= (stat?.size ?? 0));
    found.push({ path, spans });
  }
  return found.sort((a, b) => lengthOf(b.spans) - lengthOf(a.spans));
}

/** Bytes of the file that an interrupted run left, and the next one goes on with. */
export async function keptOf(blob: string, file: KnownFile): Promise<Bytes> {
  return lengthOf((await leftovers(blob, file))[0]?.spans ?? []);
}

async function leftoverPaths(blob: string): Promise<readonly string[]> {
  const folder = dirname(blob);
  const start = `${basename(blob)}.oslm-`;
  const names = await namesIn(folder);
  return names.filter((name) => name.startsWith(start) && isPartialName(name)).map((name) => join(folder, name));
}

/** Removes all that lies beside `blob` under passing names of ours, but for the partial file `kept` and its journal. */
export async function clearLeftovers(blob: string, kept?: string): Promise<void> {
  const folder = dirname(blob);
  const ours = (await namesIn(folder)).filter((name) => name.startsWith(`${basename(blob)}.oslm-`));
  const others = kept === undefined ? ours : ours.filter((name) => !name.startsWith(basename(kept)));
  for (const name of others) await rm(join(folder, name), { force: true });
}

export async function removeLeftover(path: string): Promise<void> {
  await rm(path, { force: true });
  await removeJournal(path);
}
