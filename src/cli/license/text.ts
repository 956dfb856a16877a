// oslm license MODEL --text: the texts themselves.
import type { LicenseFinding } from "../../app/license/explain-license.js";
import { licensesOf } from "../../license/catalogue.js";
import { type PlacedText, placedTexts } from "../../license/license-texts.js";
import { sanitize, sanitizeLine } from "../../ui/sanitize.js";
import type { Context } from "../context.js";

interface ReadText extends PlacedText {
  readonly text: string;
}

/**
 * A single text stands alone, so that it can be piped; each of several comes under a line that names it. A pipe gets every
 * character as it was read, a terminal none that would steer it. What was not read or found is said on stderr.
 */
export function showTexts({ out }: Pick<Context, "out">, { license, evidence }: LicenseFinding): void {
  const all = evidence === undefined ? [] : placedTexts(evidence);
  const texts = all.flatMap((one): ReadText[] => (one.text === null ? [] : [{ ...one, text: one.text }]));
  if (out.json) {
    const shown = texts.map(({ source, repo, commit, sha256, text }) => ({ source, repo, commit, sha256, text }));
    const document = { ...license, texts: shown };
    out.document(document, Object.keys(document));
    return;
  }
  const { stdout, stdoutTty } = out.terminal;
  const several = texts.length > 1;
  for (const [at, one] of texts.entries()) {
    if (several) stdout.write(`${at > 0 ? "\n" : ""}${headerOf(one)}\n`);
    const text = stdoutTty ? sanitize(one.text) : one.text;
    // The next header, and a shell's prompt, begin a line of their own.
    stdout.write((several || stdoutTty) && !text.endsWith("\n") ? `${text}\n` : text);
  }
  for (const { source, text } of all) if (text === null) out.warn(`${source} is a license text that could not be read`);
  if (texts.length === 0) out.warn(noText(license));
}

function headerOf({ source, commit, sha256 }: PlacedText): string {
  return sanitizeLine(`==> ${source} (commit ${commit}, sha256 ${sha256 ?? "not known"}) <==`);
}

function noText({ id, title, url, ref }: LicenseFinding["license"]): string {
  const links = licensesOf(id).flatMap((entry) => entry.url ?? []);
  return `no license text was found with ${ref}; its license is ${title} (${id}): ${links.join(", ") || url}`;
}
