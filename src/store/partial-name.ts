// What files are called that are on their way to become a blob, and their journals: made here, and recognized here.
import { randomBytes } from "node:crypto";

const PARTIAL = /^[0-9a-f]+\.oslm-[0-9a-f]{8}\.incomplete$/;
const JOURNAL_END = ".ranges";

/** A new name beside `target`. Ours alone: older clients of the cache append to a plain `<blob>.incomplete`. */
export function partialPath(target: string): string {
  return `${target}.oslm-${randomBytes(4).toString("hex")}.incomplete`;
}

export function journalPath(partial: string): string {
  return partial + JOURNAL_END;
}

/** True for the name, without its folder, of such a file. */
export function isPartialName(name: string): boolean {
  return PARTIAL.test(name);
}

/** The partial file that a journal is of; undefined for what is no journal. */
export function partialOfJournal(path: string): string | undefined {
  return path.endsWith(JOURNAL_END) ? path.slice(0, -JOURNAL_END.length) : undefined;
}
