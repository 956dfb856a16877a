// What `oslm prune` knows of in a home.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { BIN } from "../../test/support/oslm.js";

/** Names of files that `oslm prune` would remove. */
export async function prunable(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const args = [BIN, "prune", "--dry-run", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { PATH: process.env.PATH, ...env } });
  const { items } = JSON.parse(stdout) as { items: { path: string }[] };
  return items.map(({ path }) => path.split("/").at(-1) ?? "");
}

/** The leftovers of `stateOf` that prune does not know of. A journal goes with its partial file, or is listed alone. */
export async function unseenBy(
  env: Readonly<Record<string, string>>,
  leftovers: readonly string[],
): Promise<readonly string[]> {
  if (leftovers.length === 0) return [];
  const known = await prunable(env);
  return leftovers.filter((name) => ![name, name.replace(/\.ranges$/, "")].some((one) => known.includes(one)));
}
