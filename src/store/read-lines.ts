// The lines of a file or a pipe, within limits.
import { isUtf8 } from "node:buffer";
import { OslmError } from "../errors.js";

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Whether it is UTF-8; `text` has other characters where it is not. */
  readonly utf8: boolean;
  /** False for a last line without its newline. */
  readonly whole: boolean;
}

/** More than any context holds. */
const MAX_LINE_BYTES = 64_000_000;

/** Empty lines are counted, not given. @throws OslmError usage for a line longer than 64 MB */
export async function* readLines(stream: AsyncIterable<Uint8Array | string>, name: string): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  let parts: Buffer[] = [];
  let length = 0;
  let number = 0;
  const line = (bytes: Buffer, whole: boolean): Line | undefined => {
    number++;
    const text = withoutMark(bytes, number).toString("utf8").replace(/\r$/, "");
    return text.trim() === "" ? undefined : { number, text, utf8: isUtf8(bytes), whole };
  };
  for await (const chunk of stream) {
    rest = Buffer.from(chunk as Uint8Array);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const found = line(Buffer.concat([...parts, rest.subarray(0, end)]), true);
      [rest, parts, length] = [rest.subarray(end + 1), [], 0];
      if (found) yield found;
    }
    parts.push(rest);
    length += rest.length;
    if (length > MAX_LINE_BYTES) {
      throw new OslmError("usage", {
        problem: `line ${number + 1} of ${name} is longer than 64 MB`,
        detail: "No context holds that.",
        help: "give a part of it",
      });
    }
  }
  const last = Buffer.concat(parts);
  const found = last.length > 0 ? line(last, false) : undefined;
  if (found) yield found;
}

/** The byte order mark that Windows' programs begin a file with. */
const MARK = Buffer.from("\uFEFF");

function withoutMark(bytes: Buffer, number: number): Buffer {
  return number === 1 && bytes.subarray(0, MARK.length).equals(MARK) ? bytes.subarray(MARK.length) : bytes;
}
