// What a command reads, its result must not replace.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { OslmError } from "../../errors.js";

/**
 * By what lies on the disk, whatever it is called: links of both kinds lead to the same file.
 * @param reads files, and folders of checkpoints, in which a GGUF file is one that was made of them
 * @throws OslmError usage
 */
export async function checkNotRead(target: string, reads: readonly string[]): Promise<void> {
  const own = await identityOf(target);
  if (own === undefined) return;
  for (const read of reads) {
    for (const path of await filesOf(read)) if ((await identityOf(path)) === own) throw isRead(target);
  }
}

async function filesOf(path: string): Promise<readonly string[]> {
  const names = await readdir(path).catch(() => undefined);
  if (names === undefined) return [path];
  return names.filter((name) => !/\.gguf$/i.test(name)).map((name) => join(path, name));
}

async function identityOf(path: string): Promise<string | undefined> {
  const seen = await stat(path, { bigint: true }).catch(() => undefined);
  return seen && `${seen.dev}:${seen.ino}`;
}

function isRead(target: string): OslmError<"usage"> {
  return new OslmError("usage", {
    problem: `${target} is read for this`,
    detail: "What is read cannot be written.",
    help: "name another file with -o",
  });
}
