// NOTICE of a pack: the words that the licenses fix, where to read them, and the notices of those before us.
import type { LicenseEntry } from "../catalogue.js";
import type { Wording } from "./answers.js";
import type { PackedModel } from "./pack.js";
import type { PackText } from "./texts.js";

/** Plain text. Notices of others stand at its end as they were published. */
export function noticeFile({
  model: { ref, repo, commit, title: licenseTitle },
  entries,
  wordings,
  texts,
  name,
}: {
  readonly model: PackedModel;
  readonly entries: readonly LicenseEntry[];
  readonly wordings: readonly Wording[];
  readonly texts: readonly PackText[];
  readonly name: string | undefined;
}): string {
  const title = `${name ?? repo ?? ref}${repo === null ? "" : `\nfrom ${repo}, commit ${commit}`}`;
  const fixed = unique([
    ...wordings.flatMap(({ wording }) => wording ?? []),
    ...entries.flatMap((entry) => builtWith(entry, name ?? repo ?? ref)),
  ]);
  const listed = entries.length > 0 ? entries : [{ title: licenseTitle, url: null }];
  const links = unique(listed.map(({ title: license, url }) => `${license}${url === null ? "" : `: ${url}`}`));
  const kept = texts.filter(({ kind }) => kind === "notice");
  return `${[
    title,
    ...(fixed.length > 0 ? [fixed.join("\n")] : []),
    `Licenses:\n${links.map((link) => `- ${link}`).join("\n")}`,
    ...kept.map(({ source, commit: at, text }) => `---- ${source}, commit ${at} ----\n\n${text.trimEnd()}`),
  ].join("\n\n")}\n`;
}

/** "Built with Llama". Of a choice of words the first. */
function builtWith({ conditions }: LicenseEntry, name: string): readonly string[] {
  return conditions.flatMap(({ key, text }) => {
    if (key !== "display-built-with" || typeof text !== "string") return [];
    return [(text.split(" | ")[0] ?? text).replace("[name]", name.slice(name.lastIndexOf("/") + 1))];
  });
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
