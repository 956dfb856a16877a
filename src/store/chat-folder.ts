// The folder of saved conversations: a private file each.
import { randomBytes } from "node:crypto";
import { lstatSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { OslmError } from "../errors.js";
import type { SavedChat } from "../model/saved-chat.js";
import { suggest } from "../model/suggest.js";
import type { Bytes } from "../model/types.js";
import { decodeChat, encodeChat } from "./decode-chat.js";
import { readPrivate, writePrivate } from "./private-file.js";

/** A conversation of a million words takes a quarter of it. */
const MAX_BYTES: Bytes = 32 * 1024 * 1024;
/** So many of those that nobody has named are kept. */
const UNNAMED_KEPT = 100;
/** What `newName` makes. */
const UNNAMED = /^\d{4}-\d\d-\d\d-\d{4}-[0-9a-f]{4}$/;

export class ChatFolder {
  /** The times of the files as this process opened or left them. */
  readonly #mine = new Map<string, number>();

  constructor(
    private readonly folder: string,
    private readonly now: () => Date,
  ) {}

  /** Safe as a file's name everywhere. */
  isName(name: string): boolean {
    return /^[A-Za-z0-9][\w.-]{0,63}$/.test(name) && !name.endsWith(".");
  }

  /** By the local time; the latest of them are kept. */
  newName(): string {
    const [year, month, day, hour, minute] = this.#localTime();
    return `${year}-${month}-${day}-${hour}${minute}-${randomBytes(2).toString("hex")}`;
  }

  /** The latest first. What is no conversation by its name is passed over. */
  names(): readonly string[] {
    let found: string[];
    try {
      found = readdirSync(this.folder);
    } catch {
      return [];
    }
    const names = found.filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -".json".length));
    return names
      .filter((name) => this.isName(name))
      .map((name) => ({ name, time: lstatSync(this.path(name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
      .sort((left, right) => right.time - left.time)
      .map(({ name }) => name);
  }

  path(name: string): string {
    return join(this.folder, `${name}.json`);
  }

  /** To look at; who goes on with it opens it. @throws OslmError no-chat, bad-chat */
  read(name: string): SavedChat {
    if (!this.isName(name)) throw this.#none(name);
    const path = this.path(name);
    const chat = this.#decode(path);
    if (chat === undefined) throw this.#none(name);
    if (typeof chat === "string") throw new OslmError("bad-chat", { path, reason: chat });
    return chat;
  }

  /** To go on with: `write` goes through until another process writes to it. @throws OslmError no-chat, bad-chat */
  open(name: string): SavedChat {
    // Its time first: what is written while it is read is not taken for read.
    const time = this.isName(name) ? lstatSync(this.path(name), { throwIfNoEntry: false })?.mtimeMs : undefined;
    const chat = this.read(name);
    if (time !== undefined) this.#mine.set(name, time);
    return chat;
  }

  /** Throws the system's errors, and an Error when another process has written to it since this one opened it or wrote to it. */
  write(name: string, chat: Omit<SavedChat, "updatedAt">): void {
    const path = this.path(name);
    const before = lstatSync(path, { throwIfNoEntry: false });
    if (before !== undefined && before.mtimeMs !== this.#mine.get(name)) {
      throw new Error(`another oslm writes to ${name}; /save NAME keeps this one apart`);
    }
    writePrivate(path, encodeChat({ ...chat, updatedAt: this.now().toISOString() }));
    this.#mine.set(name, statSync(path).mtimeMs);
    if (before === undefined) this.#prune();
  }

  /** Removes one that nobody has named. */
  replaced(name: string): void {
    if (UNNAMED.test(name)) rmSync(this.path(name), { force: true });
  }

  #decode(path: string): SavedChat | string | undefined {
    try {
      const text = readPrivate(path, MAX_BYTES);
      return text === undefined ? undefined : decodeChat(text);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #none(name: string): OslmError {
    return new OslmError("no-chat", { name, suggestions: suggest(name, this.names()) });
  }

  #prune(): void {
    const unnamed = this.names().filter((name) => UNNAMED.test(name));
    for (const name of unnamed.slice(UNNAMED_KEPT)) rmSync(this.path(name), { force: true });
  }

  #localTime(): string[] {
    const now = this.now();
    const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate(), now.getHours(), now.getMinutes()];
    return parts.map((part) => String(part).padStart(2, "0"));
  }
}
