// Where --receipt may write: under a name that is free, or over an older receipt.
import { constants } from "node:fs";
import { access, readFile, realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { OslmError } from "../errors.js";
import { parseObject } from "../model/parse-object.js";
import type { Bytes } from "../model/types.js";
import { errnoOf, peek } from "../store/files.js";

/** More than a receipt has of the longest prompt; a model is larger, and is not read to learn that it is none. */
const MAX_BYTES: Bytes = 512_000_000;

/**
 * A slip must cost nobody a model or a text. An empty file may go, as mktemp makes one.
 * @param inputs files that this run reads; one of them may be a receipt itself
 * @throws OslmError usage
 */
export async function checkReceiptPlace(path: string, inputs: readonly string[] = []): Promise<void> {
  if (path === "-") throw refused(path, "A receipt goes to a file; stdout has the answer.");
  try {
    const place = resolve(path);
    await access(dirname(place), constants.W_OK);
    const info = await peek(place);
    if (info === undefined) return;
    if (!info.isFile()) throw refused(path, "There is something that is not a file.");
    const same = await realpath(place);
    for (const input of inputs) {
      // What cannot be read is told where it is read.
      const other = await realpath(input).catch(() => undefined);
      if (other === same) throw refused(path, "This run reads it.");
    }
    if (info.size > 0 && !(info.size <= MAX_BYTES && isReceipt(await readFile(place, "utf8")))) {
      throw refused(path, "There is a file that is no receipt.");
    }
  } catch (error) {
    const code = errnoOf(error);
    if (error instanceof OslmError || code === undefined) throw error;
    throw refused(path, code === "ENOENT" ? "There is no such folder." : `The system says ${code}.`);
  }
}

/** One of an older or a newer oslm, too. */
function isReceipt(text: string): boolean {
  const value = parseObject(text);
  return value !== undefined && ["version", "promptSha256", "messages", "output"].every((name) => name in value);
}

function refused(path: string, detail: string): OslmError<"usage"> {
  const problem = `the receipt cannot be written to ${path}`;
  return new OslmError("usage", { problem, detail, help: "--receipt with another name, in a folder that exists" });
}
