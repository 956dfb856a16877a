// Which model files the engine has taken without ending the process; they need no rehearsal.
import { join } from "node:path";
import { SmallFile } from "./small-file.js";

/** Some 15,000 keys. A longer file is begun anew: a rehearsal costs little. */
const MAX_BYTES = 2 ** 20;

/** A list of keys in oslm's state folder, one on a line. It saves time only, so nothing that goes wrong with it matters. */
export class Rehearsed {
  readonly #file: SmallFile;

  constructor(state: string) {
    this.#file = new SmallFile(join(state, "rehearsed.txt"), MAX_BYTES);
  }

  async has(key: string): Promise<boolean> {
    const text = await this.#file.read().catch(() => "");
    return text.split("\n").includes(key);
  }

  async add(key: string): Promise<void> {
    if (await this.has(key)) return;
    // A folder that cannot be written, say.
    await this.#file.append(key).catch(() => {});
  }
}
