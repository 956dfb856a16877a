// Which of a repository's vision projectors to take.
import type { RepoFile } from "../model/types.js";
import { parseFileName } from "./file-name.js";

/** F16 loses nothing that can be seen; of BF16 some processors are slow. Smaller ones are rare, and save little. */
const ORDER: readonly string[] = ["F16", "BF16", "Q8_0", "F32"];

/** The one to take first. Of several alike the first by name. */
export function inPreference(projectors: readonly RepoFile[]): readonly RepoFile[] {
  const rank = ({ path }: RepoFile): number => {
    const at = ORDER.indexOf(parseFileName(path).quant);
    return at === -1 ? ORDER.length : at;
  };
  return [...projectors].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
}
