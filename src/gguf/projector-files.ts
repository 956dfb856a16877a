// Which of a repository's vision projectors to take.
import type { RepoFile } from "../model/types.js";
import { parseFileName } from "./file-name.js";

/** F16 is what publishers make, and loses nothing that can be seen. */
const ORDER: readonly string[] = ["F16", "Q8_0", "BF16", "F32"];
/**
 * The part that reads images has no AVX code for x64 (see docs/images.md): with F16 it turns each number into another first. ViT-B/16,
 * 2 cores: F16 33.6 s for an image, F32 19.0 s, Q8_0 4.1 s.
 */
const ORDER_X64: readonly string[] = ["Q8_0", "F16", "BF16", "F32"];

/** The one to take first. Of several alike the first by name. */
export function inPreference(projectors: readonly RepoFile[], processor: string): readonly RepoFile[] {
  const order = processor === "x64" ? ORDER_X64 : ORDER;
  const rank = ({ path }: RepoFile): number => {
    const at = order.indexOf(parseFileName(path).quant);
    return at === -1 ? order.length : at;
  };
  return [...projectors].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
}
