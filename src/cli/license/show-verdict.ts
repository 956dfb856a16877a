// A license verdict as a record: what was decided, what it rests on, and a checklist of what it asks for.
import type { ExplainedLicense } from "../../app/license/explain-license.js";
import { TRIGGER_WORDS } from "../../license/obligations.js";
import { DECISION_WORDS, STATE_WORDS } from "../../license/verdict-words.js";
import { renderRecord } from "../../ui/record.js";
import type { Terminal } from "../../ui/terminal.js";

const FROM: Readonly<Record<ExplainedLicense["from"], string>> = {
  card: "the repository at this commit",
  kept: "what was seen in the repository at this commit, and kept",
  record: "what an earlier pull concluded",
  header: "the header of the file",
};

/** The text, for a person or tab-separated for programs. */
export function renderVerdict(license: ExplainedLicense, terminal: Terminal): string {
  const { evidence, opennessFacts, conflicts, obligations, reasons, accepted } = license;
  const rows = <Item>(label: string, items: readonly Item[], text: (item: Item) => string) =>
    items.map((item) => [label, text(item)] as const);
  return renderRecord(
    [
      ["model", license.ref],
      ["repository", license.repo],
      ["commit", license.commit],
      ["license", `${license.id} (${license.title})`],
      ["declared", license.declared === license.id ? null : license.declared],
      ["SPDX", license.spdx],
      ["class", license.class],
      ["commercial use", license.commercialUse],
      ["openness", license.openness],
      ...rows("component", opennessFacts, ({ component, open, source }) => `${component}: ${open} (${source})`),
      ["decision", DECISION_WORDS[license.decision]],
      ...rows("reason", reasons, (reason) => reason),
      ["standing", STATE_WORDS[license.state]],
      ["terms set by", license.floor],
      ["judged by", FROM[license.from]],
      ...rows("evidence", evidence, ({ source, value, agrees }) => {
        return `${source}: ${value} (${agrees ? "agrees" : "differs"})`;
      }),
      ...rows("conflict", conflicts, ({ explanation }) => explanation),
      ...rows("obligation", obligations, ({ text, trigger }) => `[ ] ${TRIGGER_WORDS[trigger] ?? trigger}: ${text}`),
      ...rows("accepted", accepted, ({ license: id, at, how, user, host }) => {
        return `${id} on ${at}, by ${user} on ${host} (${how})`;
      }),
      ["gate", license.gated ? `the Hub wants your consent too, on its own page: ${license.url}` : null],
      ["read on", license.url, "whole"],
    ],
    terminal,
  );
}
