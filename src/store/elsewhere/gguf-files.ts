// The GGUF files below a folder of another program.
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { unsafePathReason } from "../../model/safe-path.js";
import type { Bytes } from "../../model/types.js";
import { namesIn, peek } from "../files.js";

export interface GgufFile {
  /** Below the folder, with forward slashes. */
  readonly path: string;
  readonly at: string;
  readonly size: Bytes;
}

/** LM Studio nests two folders; more is no store of models. */
const MAX_DEPTH = 4;
/** A folder that holds more is somebody's disk, not a store of models. */
const MAX_NAMES = 50_000;

/** All of them; none when there is no such folder. The folder itself may be a link, what is in it is not followed. */
export async function ggufFiles(folder: string): Promise<readonly GgufFile[]> {
  const root = await realpath(folder).catch(() => undefined);
  const found: GgufFile[] = [];
  let seen = 0;
  const walk = async (path: string, depth: number): Promise<void> => {
    for (const name of await namesIn(join(root ?? "", path)).catch(() => [])) {
      const below = path === "" ? name : `${path}/${name}`;
      if (++seen > MAX_NAMES || unsafePathReason(below) !== undefined) continue;
      const at = join(root ?? "", below);
      const info = await peek(at).catch(() => undefined);
      if (info?.isDirectory() && depth < MAX_DEPTH) await walk(below, depth + 1);
      else if (info?.isFile() && /\.gguf$/i.test(name)) found.push({ path: below, at, size: info.size });
    }
  };
  if (root !== undefined) await walk("", 1);
  return found;
}
