// Which model files the engine has taken without ending the process; they need no rehearsal.
import { appendFile, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ensureFolder } from "./files.js";

const NAME = "rehearsed.txt";
/** Some 15,000 keys. A longer file is begun anew: a rehearsal costs little. */
const MAX_BYTES = 2 ** 20;

/** A list of keys in oslm's state folder, one on a line. It saves time only, so nothing that goes wrong with it matters. */
export class Rehearsed {
  constructor(private readonly state: string) {}

  async has(key: string): Promise<boolean> {
    return (await this.#read()).split("\n").includes(key);
  }

  async add(key: string): Promise<void> {
    const path = join(this.state, NAME);
    const size = await stat(path).then(
      (info) => info.size,
      () => 0,
    );
    try {
      await ensureFolder(this.state, this.state);
      await appendFile(path, `${key}\n`, { flag: size > MAX_BYTES ? "w" : "a", mode: 0o600 });
    } catch {
      // A folder that cannot be written.
    }
  }

  async #read(): Promise<string> {
    const path = join(this.state, NAME);
    try {
      const info = await stat(path);
      return info.isFile() && info.size <= 2 * MAX_BYTES ? await readFile(path, "utf8") : "";
    } catch {
      return "";
    }
  }
}
