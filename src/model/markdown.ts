// Text that nobody has to trust, inside a Markdown document: it reads as it is written, and does nothing.
import { plain } from "./plain.js";

/** As running text: no mark of Markdown or HTML in it means anything, and no address in it becomes a link. */
export function escapeMarkdown(text: string): string {
  return plain(text)
    .replace(/[\\`*_{}[\]<>#|~&!$@^]/g, "\\$&")
    .replace(/:(?=\/\/)|(?<=\bwww)\./gi, "\\$&")
    .replace(/^([-+=]|\d+(?=[.)]))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`));
}

/** As code where it can be: cells of tables end at a bar, and code at a backtick. */
export function codeSpan(text: string): string {
  const line = plain(text);
  if (/[|\\`]/.test(line)) return escapeMarkdown(line);
  return line === "" ? "" : `\`${line}\``;
}
