// OBLIGATIONS.md of a pack: a checklist of what the licenses ask for, and what of it the folder answers.
import { capitalized } from "../../model/capitalized.js";
import { codeSpan, escapeMarkdown } from "../../model/markdown.js";
import { TRIGGER_WORDS } from "../obligations.js";
import type { Duty } from "./duties.js";
import type { Missing, PackedModel } from "./pack.js";
import type { PackText } from "./texts.js";

/** The document, in Markdown. */
export function obligationsFile({
  model,
  duties,
  missing,
  texts,
}: {
  readonly model: PackedModel;
  readonly duties: readonly Duty[];
  readonly missing: readonly Missing[];
  readonly texts: readonly PackText[];
}): string {
  const { ref, repo, title, id, spdx, class: licenseClass, commercialUse, conflicts } = model;
  // What concerns whoever passes it on comes first.
  const triggers = [...new Set(["share", ...Object.keys(TRIGGER_WORDS), ...duties.map(({ trigger }) => trigger)])];
  const groups = triggers.flatMap((trigger) => {
    const own = duties.filter((duty) => duty.trigger === trigger);
    return own.length === 0 ? [] : section(capitalized(TRIGGER_WORDS[trigger] ?? trigger), own.map(dutyLine));
  });
  return `${[
    `# Obligations of ${codeSpan(repo ?? ref)}`,
    "",
    ...(missing.length > 0 ? ["**This folder is incomplete: do not pass the model on with it as it is.**", ""] : []),
    `- License: ${escapeMarkdown(title)} (${codeSpan(id)}${spdx === null ? "" : `, SPDX ${codeSpan(spdx)}`})`,
    `- Class: ${licenseClass}`,
    `- Commercial use: ${commercialUse}`,
    "",
    "The licenses themselves count; this is oslm's summary of them and no legal advice. What is ticked this folder",
    "answers, the rest is left to you. `evidence.json` holds what the summary rests on.",
    ...section(
      "Missing",
      missing.map(({ text }) => `- [ ] ${escapeMarkdown(text)}`),
    ),
    ...groups,
    ...section(
      "Conflicts",
      conflicts.map(({ explanation }) => `- ${escapeMarkdown(explanation)}`),
    ),
    ...section("License texts in this folder", texts.map(textLine)),
  ].join("\n")}\n`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `## ${title}`, "", ...lines];
}

function dutyLine({ done, text, note }: Duty): string {
  return `- [${done ? "x" : " "}] ${escapeMarkdown(text)}${note === null ? "" : ` (${escapeMarkdown(note)})`}`;
}

function textLine({ path, source, commit, origin }: PackText): string {
  const place = codeSpan(path ?? "NOTICE");
  if (origin === "standard") return `- ${place}: the standard text, ${escapeMarkdown(source)}; no repository holds one`;
  return `- ${place}: ${codeSpan(source)} at commit ${codeSpan(commit ?? "")}`;
}
