// A result that goes to a file of the user's instead of stdout.
import { dirname, resolve } from "node:path";
import { isNoRoom, naming } from "../disk/full-disk.js";
import { makeFolder } from "../disk/make-folder.js";
import { isOslmError, OslmError } from "../errors.js";
import { errnoOf, peek, writeAtomic } from "../store/files.js";

/**
 * Writes the whole text or nothing; a file of that name is replaced, and missing folders above it are made.
 * @param mode 0o600 for what only its owner should read
 * @throws OslmError usage where no file can be
 */
export async function writeResult(path: string, text: string, mode?: number): Promise<void> {
  const place = resolve(path);
  try {
    // Devices and links would be replaced by a file.
    if ((await peek(place))?.isFile() === false) throw cannotWrite(path, "There is something that is not a file.");
    await naming(path, async () => {
      await makeFolder(dirname(place));
      await writeAtomic(place, text, mode);
    });
  } catch (error) {
    if (isNoRoom(error)) throw error;
    const code = isOslmError(error) ? undefined : errnoOf(error);
    throw code === undefined ? error : cannotWrite(path, `The system says ${code}.`);
  }
}

function cannotWrite(path: string, detail: string): OslmError<"usage"> {
  return new OslmError("usage", {
    problem: `${path} cannot be written`,
    detail,
    help: "name a file in a folder where you may write; without one the result goes to stdout",
  });
}
