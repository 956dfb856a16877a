// Tables of the catalog's models on this machine: `oslm fit --list` and `oslm recommend`.
import { type CatalogFit, type CatalogReport, firstOfEachFamily, type Misfit } from "../app/fit/fit-catalog.js";
import { again, type Stuck } from "../app/fit/ways-out.js";
import { formatBytes } from "../ui/format.js";
import { cacheMark, formatTokens, quantizedCacheLegend } from "../ui/format-tokens.js";
import type { Output, RowsFace } from "../ui/output.js";
import type { Column } from "../ui/table.js";
import type { Terminal } from "../ui/terminal.js";
import { wrap } from "../ui/wrap.js";
import { hostDocument } from "./host-document.js";
import { machine } from "./show-fit.js";

const CATALOG_FIT_FIELDS: readonly (keyof CatalogFit)[] = [
  ...(["name", "title", "vendor", "modality", "params", "activeParams", "base", "released"] as const),
  ...(["quant", "size", "estimate", "longestContext", "longestContextKvType", "trainedFor"] as const),
  ...(["tokensPerSecond", "decent", "runs", "license", "geometry"] as const),
];

/** Below this the month of release and the license's id make room. */
const WIDE = 100;
/** Rows that people see at once. */
const SHORT = 15;

const FIGURES: readonly Column<CatalogFit>[] = [
  { header: "NAME", text: ({ name }) => name, whole: true },
  { header: "QUANT", text: ({ quant }) => quant },
  {
    header: "NEEDS",
    text: ({ estimate }) => `~${formatBytes(estimate.total)}`,
    raw: ({ estimate }) => String(estimate.total),
    right: true,
  },
  {
    header: "MAX CTX",
    text: ({ longestContext, longestContextKvType: kvType, geometry }) =>
      `${geometry === "guessed" ? "?" : ""}~${formatTokens(longestContext)}${cacheMark(kvType)}`,
    raw: ({ longestContext }) => String(longestContext),
    right: true,
  },
  {
    header: "TOK/S",
    text: ({ tokensPerSecond }) => `~${tokensPerSecond}`,
    raw: ({ tokensPerSecond }) => String(tokensPerSecond),
    right: true,
  },
];
const RELEASED: Column<CatalogFit> = { header: "RELEASED", text: ({ released }) => released ?? "" };
const LICENSE: Column<CatalogFit> = { header: "LICENSE", text: ({ license }) => `${license.id} (${license.class})` };
const LICENSE_CLASS: Column<CatalogFit> = { header: "LICENSE", text: ({ license }) => license.class };
const COMMERCIAL: Column<CatalogFit> = { header: "COMMERCIAL", text: ({ license }) => license.commercialUse };
const KV: Column<CatalogFit> = { header: "MAX CTX KV", text: ({ longestContextKvType: kvType }) => kvType };

/** The table; programs get all columns. @param commercial whether people asked for what they may sell */
export function catalogFitFace({ stdoutTty, width }: Terminal, commercial = false): RowsFace<CatalogFit> {
  const narrow = stdoutTty && width < WIDE;
  const license = narrow ? [commercial ? COMMERCIAL : LICENSE_CLASS] : [RELEASED, LICENSE];
  const more = narrow ? [] : commercial ? [COMMERCIAL] : [];
  return {
    columns: [...FIGURES, ...license, ...(stdoutTty ? [] : [KV]), ...more],
    fields: CATALOG_FIT_FIELDS,
    id: ({ name }) => name,
    whenEmpty: "Nothing of the catalog fits.",
  };
}

/** `oslm fit --list`: for people the first of each family, unless they want all; for programs all. @param asked the command, to print again */
export function showCatalogFit(
  report: CatalogReport,
  out: Output,
  { all, commercial, asked }: { readonly all: boolean; readonly commercial: boolean; readonly asked: Stuck },
): void {
  const { host, models, tooLarge, nearest } = report;
  if (out.json) {
    out.document({ ...report, host: hostDocument(host) }, ["host", "models", "tooLarge", "nearest"]);
    return;
  }
  const note = (text: string) => out.note(wrap(text, out.terminal.width, "  "));
  note(machine(host));
  if (models.length === 0) {
    showNothingFits(nearest, out, asked);
    return;
  }
  const people = out.terminal.stdoutTty && out.mode.kind === "human";
  const short = all || !people ? null : shortList(models);
  const shown = short?.shown ?? models;
  out.rows(shown, catalogFitFace(out.terminal, commercial));
  if (!people) return;
  for (const line of catalogFitLegend(shown)) note(line);
  const more = models.length - shown.length;
  if (short !== null && more > 0) {
    note(`${more} more fit (above: ${short.rule}). All of them:`);
    // Never wrapped, so that it can be pasted.
    out.note(`  ${again({ ...asked, command: `${asked.command} --all` }, {})}`);
  }
  note(`${tooLarge.length} do not fit. Weigh the real files: oslm fit NAME`);
}

/** The first of each family; where they are many, those that nobody may use commercially make room. */
function shortList(models: readonly CatalogFit[]): { readonly shown: readonly CatalogFit[]; readonly rule: string } {
  const well = models.filter(({ runs }) => runs === "well");
  const firsts = firstOfEachFamily(well.length > 0 ? well : models);
  const isOpen = ({ license }: CatalogFit) => license.commercialUse !== "forbidden";
  const chosen = new Set([...firsts.filter(isOpen), ...firsts.filter((one) => !isOpen(one))].slice(0, SHORT));
  const those = well.length > 0 ? "the largest of each family that runs well" : "none runs well here";
  const rule = firsts.length > SHORT ? `${those}, ${SHORT} of ${firsts.length} families` : those;
  return { shown: firsts.filter((one) => chosen.has(one)), rule };
}

/** What the signs in the rows mean: a line, and more where a row has them. */
export function catalogFitLegend(rows: readonly CatalogFit[]): readonly string[] {
  const guessed = rows.some(({ geometry }) => geometry === "guessed");
  const cache = quantizedCacheLegend(rows.map(({ longestContextKvType }) => longestContextKvType));
  return [
    `~: estimated from the catalog${guessed ? "; ?: its layers are not known, so its context is a guess" : ""}`,
    ...(cache === undefined ? [] : [cache]),
  ];
}

/** An empty table needs a word on what would help. */
export function showNothingFits(nearest: Misfit | null, out: Output, asked: Stuck): void {
  const note = (text: string) => out.note(wrap(text, out.terminal.width, "  "));
  if (nearest === null) {
    note("Nothing of the catalog passes these filters.");
    return;
  }
  const { name, needs, instead } = nearest;
  const all = `Nothing of the catalog fits with this context. ${name} comes closest`;
  if (instead !== null) {
    note(`${all}.`);
    out.note(`Try: ${again(asked, { ctx: instead })}`);
    return;
  }
  note(`${all}: it needs about ${formatBytes(needs)} of memory.`);
  const { ram: _, ...machine } = asked.machine;
  out.note(`Try another machine: ${again({ ...asked, machine }, {})} --ram SIZE`);
}
