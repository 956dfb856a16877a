// Real files that lie beside the repository on the machines where it is built; tests that want them are skipped elsewhere.
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const shared = fileURLToPath(new URL("../../../shared/", import.meta.url));

/** Absolute paths of the GGUF files in a folder of it (`models`, `vocab`); empty when it is not there. */
export function sharedGgufs(folder: "models" | "vocab"): string[] {
  if (!existsSync(shared + folder)) return [];
  return readdirSync(shared + folder)
    .filter((name) => name.endsWith(".gguf"))
    .map((name) => `${shared}${folder}/${name}`);
}
