// The report as a document for people who decide on licenses: for each model what was decided, what it rests on, and what
// has to be done.

import { TRIGGER_WORDS } from "../license/obligations.js";
import { DECISION_WORDS, STATE_WORDS } from "../license/verdict-words.js";
import { codeSpan, escapeMarkdown } from "../model/markdown.js";
import type { LicenseVerdict } from "../model/types.js";
import { isAddress } from "./addresses.js";
import { namedLicenses } from "./license-names.js";
import type { ReportedModel, ReportFrame } from "./reported.js";

/** The document, in CommonMark with tables; what comes from cards and files is escaped. */
export function renderMarkdown(models: readonly ReportedModel[], { version, at }: ReportFrame): string {
  const licenses = models.map(({ license }) => license);
  const count = (decision: LicenseVerdict["decision"]) =>
    licenses.filter((license) => license.decision === decision).length;
  const made = at === undefined ? "" : ` on ${at.toISOString().slice(0, 10)}`;
  const blocks = [
    "# Licenses of models",
    `Made by oslm ${version}${made}. What licenses ask for is oslm's own summary, an aid for engineers and not legal advice: the texts count.`,
    `Models: ${models.length}. Pass: ${count("allow")}. Have to be accepted: ${count("ask")}. Denied: ${count("deny")}.`,
    ...(models.length === 0 ? [] : [overview(models)]),
    ...models.flatMap(section),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function overview(models: readonly ReportedModel[]): string {
  return table(
    ["model", "license", "class", "commercial use", "decision", "conflicts"],
    models.map(({ license }) => [
      codeSpan(license.ref),
      codeSpan(license.id),
      license.class,
      license.commercialUse,
      DECISION_WORDS[license.decision],
      String(license.conflicts.length),
    ]),
  );
}

function section({ license, evidence, stored }: ReportedModel): readonly string[] {
  const { conflicts, obligations, accepted, reasons } = license;
  const facts: readonly (readonly [string, string])[] = [
    ["repository", codeSpan(license.repo ?? "")],
    ["commit", codeSpan(license.commit ?? "")],
    ["quantization", codeSpan(stored?.quant ?? "")],
    ["license", `${codeSpan(license.id)} ${escapeMarkdown(license.title)}`],
    ["declared", namedLicenses(license.declared).length === 0 ? "nothing" : codeSpan(license.declared)],
    ["SPDX", codeSpan(license.spdx ?? "")],
    ["class", license.class],
    ["commercial use", license.commercialUse],
    ["openness", license.openness],
    ["decision", DECISION_WORDS[license.decision]],
    ["standing", STATE_WORDS[license.state]],
    ["terms set by", codeSpan(license.floor ?? "")],
    ["evidence gathered", escapeMarkdown(evidence?.at.slice(0, 10) ?? "")],
    ["read on", isAddress(license.url) ? codeSpan(license.url) : ""],
  ];
  return [
    `## ${escapeMarkdown(license.ref)}`,
    table(
      ["", ""],
      facts.filter(([, value]) => value !== ""),
    ),
    ...list("Reasons", reasons.map(escapeMarkdown)),
    "### Evidence",
    evidenceTable(license.evidence),
    ...filesTable(stored?.files ?? []),
    ...list(
      "Conflicts",
      conflicts.map(({ kind, explanation }) => `**${escapeMarkdown(kind)}**: ${escapeMarkdown(explanation)}`),
    ),
    ...list(
      "Obligations",
      obligations.map(
        ({ text, trigger }) => `[ ] ${TRIGGER_WORDS[trigger] ?? escapeMarkdown(trigger)}: ${escapeMarkdown(text)}`,
      ),
    ),
    ...list(
      "Accepted",
      accepted.map(({ license: id, at, user, host, how }) => {
        return `${codeSpan(id)} on ${escapeMarkdown(at)}, by ${codeSpan(user)} on ${codeSpan(host)} (${escapeMarkdown(how)})`;
      }),
    ),
  ];
}

function evidenceTable(evidence: LicenseVerdict["evidence"]): string {
  if (evidence.length === 0) return "Nothing says anything.";
  return table(
    ["where", "what it says", "", "SHA-256 of the text"],
    evidence.map(({ source, value, agrees, sha256 }) => [
      codeSpan(source),
      codeSpan(value),
      agrees ? "agrees" : "**differs**",
      codeSpan(sha256 ?? ""),
    ]),
  );
}

function filesTable(files: readonly { readonly path: string; readonly sha256: string }[]): readonly string[] {
  if (files.length === 0) return [];
  return [
    "### Files",
    table(
      ["file", "SHA-256"],
      files.map(({ path, sha256 }) => [codeSpan(path), codeSpan(sha256)]),
    ),
  ];
}

function list(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`### ${title}`, items.map((item) => `- ${item}`).join("\n")];
}

/** The cells are Markdown already. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
