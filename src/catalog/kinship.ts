// How near a name is to a family by its words: versions of one family differ in numbers alone.

export interface Kinship {
  /** Words that both have, the first among them. */
  readonly shared: number;
  /** These are all of both: two versions of one family. */
  readonly same: boolean;
  /** Between the versions; 0 where the name has none. */
  readonly distance: number;
}

/** `llama` of llama3.2 and `r1` of deepseek-r1, not `llama` of tinyllama: undefined. @param names all that the family is called by */
export function kinship(wanted: string, names: readonly string[]): Kinship | undefined {
  if (wanted.length < 2) return undefined;
  const words = wordsOf(wanted);
  const [name = ""] = names;
  const own = wordsOf(name);
  const shared = own[0] === words[0] ? own.filter((word) => words.includes(word)).length : 0;
  const part = names.some((one) => one.startsWith(wanted) || one.split("-").includes(wanted));
  if (shared === 0 && !part) return undefined;
  const same = shared > 0 && shared === own.length && shared === words.length;
  return { shared, same, distance: distanceOf(wanted, names) };
}

function distanceOf(wanted: string, names: readonly string[]): number {
  const version = versionOf([wanted]);
  // llama31 is 3.1 without its dot.
  if (version === undefined || digitsOf(wanted) === digitsOf(names[0] ?? "")) return 0;
  return Math.abs(version - (versionOf(names) ?? 1));
}

/** Without numbers: `qwen vl` of qwen2.5vl. */
function wordsOf(name: string): string[] {
  return name.toLowerCase().match(/[a-z]+/g) ?? [];
}

function digitsOf(name: string): string {
  return name.replace(/\D/g, "");
}

function versionOf(names: readonly string[]): number | undefined {
  const [found] = names.flatMap((name) => /\d+(?:\.\d+)?/.exec(name)?.[0] ?? []);
  return found === undefined ? undefined : Number(found);
}
