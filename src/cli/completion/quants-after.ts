// The quantizations that may follow a name: `org/repo:Q4_K_M`, `qwen2:q4_k_m`, `qwen2:0.5b-q4_k_m`.

/** A repository with its revision, up to the colon. */
const REPOSITORY =
  /^((?:hf:(?:\/\/)?|(?:https:\/\/)?(?:hf\.co|huggingface\.co)\/)?[\w.-]+\/[\w.-]+(?:@[\w.%/-]+)?):[^/]*$/;

/**
 * @param typed what stands there so far
 * @param catalog names of the catalog, with and without a size
 * @param quants labels in capitals
 * @returns whole references; none before the mark that a quantization follows
 */
export function quantsAfter(typed: string, catalog: readonly string[], quants: readonly string[]): string[] {
  const repo = REPOSITORY.exec(typed)?.[1];
  if (repo !== undefined) return quants.map((quant) => `${repo}:${quant}`);
  const lower = typed.toLowerCase();
  const heads = catalog
    .map((name) => `${name}${name.includes(":") ? "-" : ":"}`)
    .filter((head) => lower.startsWith(head.toLowerCase()));
  return heads.flatMap((head) => quants.map((quant) => `${head}${quant.toLowerCase()}`));
}
