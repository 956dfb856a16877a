// Evaluated prompts on the disk: `prompts/<model>/<tokens>.json` says what `<tokens>.state` beside it holds.
//
// llama.cpp ends the process over a state file that is cut off, never returns from one with a forged count of cells, and does not
// see that a file is of another model. So a file is given out only with the size and the hash that its record has, and only for the
// same model, engine and settings, of which the folder's name is the hash. A state holds its text: the folders are the user's alone.
import { createHash } from "node:crypto";
import { chmod, open, rename, rm, stat, statfs, utimes } from "node:fs/promises";
import { join } from "node:path";
import { commonLength, type KnownStates, type PromptState, type PromptStates } from "../model/prompt-states.js";
import type { Bytes } from "../model/types.js";
import { ensureFolder, writeAtomic } from "./files.js";
import { sha256Of } from "./hash-file.js";
import { keepBelow, listStates, recordPath, removeState, type StateEntry, statePath } from "./state-entries.js";

/** What must stay free on the disk. */
const SPARE_DISK: Bytes = 10 ** 9;
/** So many tokens are read again rather than kept twice with all that stands before them. */
const SMALL_REST = 128;

export class PromptStatesOnDisk implements PromptStates {
  readonly #folder: string;

  /**
   * @param root the folder of all models' states
   * @param key names model, engine and settings; any text
   * @param limit for the states of all models together
   * @param bytesPerToken how large a state will be, to know before it is written
   */
  constructor(
    private readonly root: string,
    key: string,
    private readonly limit: Bytes,
    private readonly bytesPerToken: Bytes,
  ) {
    this.#folder = join(root, createHash("sha256").update(key).digest("hex").slice(0, 32));
  }

  async find(prompt: readonly number[], wholly: boolean): Promise<KnownStates> {
    const entries = (await listStates(this.#folder))
      .map((entry) => ({ entry, common: commonLength(entry.tokens, prompt) }))
      .filter(({ common }) => common > 0)
      .sort((one, other) => other.common - one.common || other.entry.usedAt - one.entry.usedAt);
    const common = entries[0]?.common ?? 0;
    for (const { entry, common: length } of entries) {
      if (wholly && length < entry.tokens.length) continue;
      const path = statePath(entry);
      if (await isWhole(path, entry)) {
        const now = new Date();
        await utimes(recordPath(entry), now, now).catch(() => {});
        return { common, state: { path, tokens: entry.tokens, exact: entry.exact } };
      }
      await removeState(entry);
    }
    return { common };
  }

  async keep(
    state: Omit<PromptState, "path">,
    replaces: boolean,
    write: (path: string) => Promise<unknown>,
  ): Promise<void> {
    const id = createHash("sha256").update(Int32Array.from(state.tokens)).digest("hex").slice(0, 32);
    const place = { folder: this.#folder, id };
    const temporary = join(this.#folder, `${id}.${process.pid}.tmp`);
    try {
      const expected = state.tokens.length * this.bytesPerToken;
      if (expected > this.limit) return;
      await ensureFolder(this.root, this.#folder);
      for (const folder of [this.root, this.#folder]) await chmod(folder, 0o700);
      if (!(await hasRoom(this.#folder, expected))) return;
      // Made here, since the engine would make it readable for everybody.
      await (await open(temporary, "wx", 0o600)).close();
      await write(temporary);
      const { size: bytes } = await stat(temporary);
      const record = { ...state, bytes, sha256: await sha256Of(temporary) };
      await rename(temporary, statePath(place));
      await writeAtomic(recordPath(place), JSON.stringify(record), 0o600);
      if (replaces) await this.#removeServed(id, state);
      await keepBelow(this.root, this.limit);
    } catch {
      // A full or read-only disk: the next process reads its prompt.
    } finally {
      await rm(temporary, { force: true }).catch(() => {});
    }
  }

  async #removeServed(id: string, { tokens, exact }: Omit<PromptState, "path">): Promise<void> {
    for (const entry of await listStates(this.#folder)) {
      const common = commonLength(entry.tokens, tokens);
      const serves = entry.tokens.length - common < SMALL_REST && Math.min(entry.exact, common) <= exact + SMALL_REST;
      if (entry.id !== id && serves) await removeState(entry);
    }
  }
}

async function isWhole(path: string, { bytes, sha256 }: StateEntry): Promise<boolean> {
  try {
    const info = await stat(path);
    return info.isFile() && info.size === bytes && (await sha256Of(path)) === sha256;
  } catch {
    return false;
  }
}

async function hasRoom(folder: string, bytes: Bytes): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize >= bytes + SPARE_DISK;
}
