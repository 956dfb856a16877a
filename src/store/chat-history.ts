// What was typed in chats, for the Up key: a private file with a line of JSON for each.
import { appendFileSync } from "node:fs";
import { parseObject } from "../model/parse-object.js";
import type { Bytes } from "../model/types.js";
import { readPrivate, writePrivate } from "./private-file.js";

const KEPT = 500;
/** Pasted documents are no history. */
const MAX_CHARS = 20_000;
const MAX_BYTES: Bytes = 4 * KEPT * MAX_CHARS;

export class ChatHistory {
  constructor(private readonly path: string) {}

  /** Oldest first. A file that cannot be read, or lines that make no sense, are passed over: it is a convenience. */
  read(): readonly string[] {
    const lines = this.#lines();
    const entries = lines.flatMap((line) => {
      const typed = parseObject(line)?.typed;
      return typeof typed === "string" && typed !== "" ? [typed] : [];
    });
    const kept = entries.slice(-KEPT);
    // Trimmed from time to time only: each line that is added is one write.
    if (lines.length > 2 * KEPT) this.#quietly(() => writePrivate(this.path, kept.map(encode).join("")));
    return kept;
  }

  add(typed: string): void {
    if (typed.length > MAX_CHARS) return;
    this.#quietly(() => {
      if (readPrivate(this.path, MAX_BYTES) === undefined) writePrivate(this.path, encode(typed));
      else appendFileSync(this.path, encode(typed));
    });
  }

  #lines(): string[] {
    let text: string | undefined;
    this.#quietly(() => {
      text = readPrivate(this.path, MAX_BYTES);
    });
    return text?.split("\n").filter((line) => line !== "") ?? [];
  }

  #quietly(step: () => void): void {
    try {
      step();
    } catch {
      // A state folder that cannot be written must not disturb a chat.
    }
  }
}

function encode(typed: string): string {
  return `${JSON.stringify({ typed })}\n`;
}
