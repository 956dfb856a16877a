// The documents for those who use oslm, and the command lines in them.
import { readdirSync, readFileSync } from "node:fs";
import { type ShellLine, shellLines } from "./shell-lines.js";

const ROOT = new URL("../../", import.meta.url);

/** Paths in the repository, in order. */
export const DOCUMENTS: readonly string[] = [
  "README.md",
  ...readdirSync(new URL("docs", ROOT), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => `docs/${path.replaceAll("\\", "/")}`)
    .sort(),
];

/** Pages of docs/commands show the usage of each command as well, indented, which is none to type. */
export const isCommandPage = (path: string): boolean => path.startsWith("docs/commands/");

export const textOf = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");

export function linesOf(path: string): ShellLine[] {
  return shellLines(textOf(path), { indented: !isCommandPage(path) });
}
