// A path as one would type it.
import { isAbsolute, relative } from "node:path";

/** Relative where it lies in `folder` or below, else as it is. */
export function nearPath(path: string, folder: string): string {
  const near = relative(folder, path);
  return near === "" || near.startsWith("..") || isAbsolute(near) ? path : near;
}
