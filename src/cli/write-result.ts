// A result that goes to a file of the user's instead of stdout.
import { resolve } from "node:path";
import { OslmError } from "../errors.js";
import { errnoOf, peek, writeAtomic } from "../store/files.js";

/** Writes the whole text or nothing; a file of that name is replaced. @throws OslmError usage where no file can be */
export async function writeResult(path: string, text: string): Promise<void> {
  const fail = (detail: string): OslmError =>
    new OslmError("usage", {
      problem: `${path} cannot be written`,
      detail,
      help: "-o FILE   (in a folder that is there)",
    });
  try {
    const there = await peek(resolve(path));
    // Devices and links would be replaced by a file.
    if (there !== undefined && !there.isFile()) throw fail("There is something that is not a file.");
    await writeAtomic(resolve(path), text);
  } catch (error) {
    const code = errnoOf(error);
    throw code === undefined ? error : fail(`The system says ${code}.`);
  }
}
