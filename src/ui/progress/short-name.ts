// File names where there is little room.
import { sanitizeLine } from "../sanitize.js";

/** The name of the file at `path` in at most `width` characters: without ending and zeros, then cut in the middle. */
export function shortName(path: string, width: number): string {
  const name = sanitizeLine(path.split("/").at(-1) ?? path);
  if (name.length <= width) return name;
  // Which shard it is must survive.
  const compact = name.replace(/\.gguf$/i, "").replace(/-0*(\d+)-of-0*(\d+)$/, " $1/$2");
  const letters = [...compact];
  if (letters.length <= width) return compact;
  const head = Math.floor((width - 1) * 0.4);
  return [...letters.slice(0, head), "…", ...letters.slice(letters.length - Math.max(0, width - 1 - head))].join("");
}
