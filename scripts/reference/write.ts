// Writes them, and removes pages of commands that are gone.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { referenceFiles } from "./files.js";

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const files = await referenceFiles();
for (const folder of ["man", "docs/commands"]) {
  rmSync(at(folder), { recursive: true, force: true });
  mkdirSync(at(folder));
}
for (const [path, text] of files) writeFileSync(at(path), text);
