// What may go, in words that all finders share.
import { basename } from "node:path";
import type { Bytes, Milliseconds } from "../model/types.js";
import { peek } from "./files.js";
import { isPartialName, journalPath, partialOfJournal } from "./partial-name.js";

export type PrunableKind =
  /** What an interrupted download left, with its journal. */
  | "partial"
  /** A file of oslm's own that lives for a moment only. */
  | "temporary"
  /** In a folder of the user's: a result that a process has not brought to its end. */
  | "unfinished"
  /** No snapshot leads to it. */
  | "blob"
  /** No ref leads to it, and no recorded model uses it. */
  | "snapshot"
  /** Of a file that is not stored. */
  | "sums"
  /** In oslm's own folder, without a record. */
  | "unrecorded"
  /** A repository without files. */
  | "folder";

export interface Prunable {
  readonly kind: PrunableKind;
  /** Absolute. */
  readonly path: string;
  /** What the disk gets back. */
  readonly bytes: Bytes;
}

export interface PruneRules {
  /** Also what is whole, but nothing leads to. */
  readonly all: boolean;
  readonly now: Date;
}

/** Other programs make a file and name it a moment later: what is younger is left alone. */
export const YOUNG: Milliseconds = 60 * 60 * 1000;

/** Links on their way into a snapshot; files written in one step (`writeAtomic`). */
const PASSING = /\.oslm-[0-9a-f]{8}$|\.[0-9a-f]{8}\.tmp$/;

/** False for what is not there any more. */
export async function isOld(path: string, now: Date): Promise<boolean> {
  const stat = await peek(path);
  return stat !== undefined && now.getTime() - stat.mtimeMs > YOUNG;
}

/** A file as an item: a second name elsewhere keeps the bytes, and a file with holes has less than its size says. */
export async function item(kind: PrunableKind, path: string): Promise<Prunable> {
  const stat = await peek(path);
  const bytes = stat?.isFile() && stat.nlink === 1 ? Math.min(stat.size, stat.blocks * 512) : 0;
  return { kind, path, bytes };
}

/** The items among these files that oslm writes under passing names; whoever calls holds the lock of their place. */
export async function passingFiles(paths: readonly string[]): Promise<readonly Prunable[]> {
  const found: Prunable[] = [];
  const all = new Set(paths);
  for (const path of paths) {
    const name = basename(path);
    const of = partialOfJournal(path);
    if (isPartialName(name)) {
      const [partial, journal] = [await item("partial", path), await item("partial", journalPath(path))];
      found.push({ ...partial, bytes: partial.bytes + journal.bytes });
    } else if (of !== undefined && isPartialName(basename(of))) {
      if (!all.has(of)) found.push(await item("temporary", path));
    } else if (PASSING.test(name)) found.push(await item("temporary", path));
  }
  return found;
}
