// Text from a file or a pipe, whole: UTF-8, and bounded, since a pipe may never end.
import { createReadStream, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { OslmError } from "../errors.js";
import { quoted } from "../model/quoted.js";
import { isAbsent } from "../store/files.js";
import { noFile } from "../store/no-file.js";

/** What messages call standard input. */
export const STDIN = "standard input";

/** More than any context holds. */
const MAX_BYTES = 64_000_000;

/** @throws OslmError file-not-found, also for a folder; usage for what is binary or too large */
export async function readTextFile(path: string, maxBytes = MAX_BYTES): Promise<string> {
  const info = await lookAt(path);
  // What is no plain file, such as <(command) of a shell, has no size to look at.
  if (info.size > maxBytes) throw tooLarge(path, maxBytes);
  return readText(createReadStream(path), path, maxBytes);
}

/** What is to be read. @param name for messages @throws OslmError file-not-found, also for a folder */
export async function lookAt(path: string, name = path): Promise<Stats> {
  const info = await stat(path).catch(async (error: unknown) => {
    if (isAbsent(error)) throw await noFile(path, { shown: name, instead: "ls   (is it in another folder?)" });
    throw error;
  });
  if (info.isDirectory()) {
    throw await noFile(path, { shown: name, instead: `ls ${quoted(name)}   (which file in it?)` });
  }
  return info;
}

/** @param name for messages, STDIN for a pipe @throws OslmError usage for what is binary or too large */
export async function readText(
  stream: AsyncIterable<Buffer | string>,
  name: string,
  maxBytes = MAX_BYTES,
): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > maxBytes) throw tooLarge(name, maxBytes);
    chunks.push(bytes);
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.includes(0)) throw unusable(name, "is not text", "convert it to text first, as pdftotext does for PDF");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const convert = "iconv -f WINDOWS-1252 -t UTF-8";
    const help = name === STDIN ? `${convert}   in the pipe, before oslm` : `${convert} ${quoted(name)} > utf8.txt`;
    throw unusable(name, "is not UTF-8 text", help);
  }
}

function tooLarge(name: string, maxBytes: number): OslmError<"usage"> {
  const problem = `${name} has more than ${maxBytes / 1e6} MB`;
  return new OslmError("usage", { problem, detail: "No context holds that.", help: "give a part of it" });
}

function unusable(name: string, what: string, help: string): OslmError<"usage"> {
  return new OslmError("usage", { problem: `${name} ${what}`, detail: "A file of text is wanted.", help });
}
