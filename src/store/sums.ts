// Sums of the pieces of verified files: should a file be damaged later, they tell which pieces to fetch again.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../disk/make-folder.js";
import { parseObject } from "../model/parse-object.js";
import { PIECE_BYTES } from "../model/piece-sums.js";
import type { KnownFile } from "../model/types.js";
import { writeAtomic } from "./files.js";

/** Of files in one piece the hash says enough. */
function isKept({ size, sha256 }: KnownFile): boolean {
  return size > PIECE_BYTES && sha256 !== undefined;
}

/** Notes the CRC-32 of each piece of a file whose hash was right. */
export async function keepSums(folder: string, file: KnownFile, sums: readonly number[]): Promise<void> {
  if (!isKept(file)) return;
  await makeFolder(folder);
  const record = { version: 1, size: file.size, pieceBytes: PIECE_BYTES, crc32: sums };
  await writeAtomic(sumsPath(folder, file), `${JSON.stringify(record)}\n`);
}

/** The noted sums; undefined when there are none that fit the file. */
export async function readSums(folder: string, file: KnownFile): Promise<readonly number[] | undefined> {
  if (!isKept(file)) return undefined;
  const text = await readFile(sumsPath(folder, file), "utf8").catch(() => "");
  const { version, size, pieceBytes, crc32 } = parseObject(text) ?? {};
  if (version !== 1 || size !== file.size || pieceBytes !== PIECE_BYTES || !Array.isArray(crc32)) return undefined;
  return crc32.every((sum) => Number.isInteger(sum)) ? crc32 : undefined;
}

function sumsPath(folder: string, { sha256 }: KnownFile): string {
  return join(folder, `${sha256}.json`);
}
