// What is known by name: the table of `oslm catalog`, and one family.
import type { CatalogEntry } from "../app/names/list-catalog.js";
import { formatCount } from "../ui/format.js";
import { formatTokens } from "../ui/format-tokens.js";
import type { Output, RowsFace } from "../ui/output.js";
import { type Field, renderRecord } from "../ui/record.js";
import { type Column, renderTable } from "../ui/table.js";
import type { Terminal } from "../ui/terminal.js";
import { licenseCell } from "./license/cell.js";

const FIELDS: readonly (keyof CatalogEntry)[] = [
  ...(["name", "title", "vendor", "isDefault", "task", "params", "activeParams", "context", "architecture"] as const),
  ...(["released", "license", "repos", "original", "unsupported", "givenBy"] as const),
];

const NAME: Column<CatalogEntry> = { header: "NAME", text: ({ name }) => name, whole: true };
const PARAMS: Column<CatalogEntry> = {
  header: "PARAMS",
  text: ({ params }) => formatCount(params),
  raw: ({ params }) => String(params),
  right: true,
};
const CONTEXT: Column<CatalogEntry> = {
  header: "CONTEXT",
  text: ({ context }) => formatTokens(context),
  raw: ({ context }) => String(context),
  right: true,
};
const LICENSE: Column<CatalogEntry> = {
  header: "LICENSE",
  text: ({ license }) => licenseCell(license),
  raw: ({ license }) => license.id,
};
const TASK: Column<CatalogEntry> = {
  header: "TASK",
  text: ({ task, unsupported }) => (unsupported === null ? task : `${task}, does not run`),
  raw: ({ task }) => task,
};
const GIVEN: Column<CatalogEntry> = { header: "GIVEN BY", text: ({ givenBy }) => givenBy ?? "oslm" };

/** Programs always get who gave an entry; people where somebody else did. */
export function catalogFace(rows: readonly CatalogEntry[], { stdoutTty }: Terminal): RowsFace<CatalogEntry> {
  const given = !stdoutTty || rows.some(({ givenBy }) => givenBy !== null) ? [GIVEN] : [];
  return {
    columns: [NAME, PARAMS, CONTEXT, LICENSE, TASK, ...given],
    fields: FIELDS,
    id: ({ name }) => name,
    whenEmpty: "Nothing of the catalog is so.",
  };
}

/** A family: what its sizes have in common, a table of them, and where each comes from. */
export function describeFamily(entries: readonly CatalogEntry[], { terminal }: Output): void {
  const [first] = entries;
  if (first === undefined) throw new Error("a family has sizes");
  const fallback = entries.find(({ isDefault }) => isDefault) ?? first;
  const fields: Field[] = [
    ["name", first.name.slice(0, first.name.indexOf(":"))],
    ["title", first.title],
    ["vendor", first.vendor || null],
    ["task", first.task],
    ["architecture", distinct(entries.map(({ architecture }) => architecture))],
    ["released", distinct(entries.map(({ released }) => released))],
    ["without a size", fallback.name],
    ["originals", distinct(entries.map(({ original }) => original))],
    ["given by", first.givenBy],
    ...entries.flatMap(({ name, unsupported }): Field[] =>
      unsupported === null
        ? []
        : [["does not run", `${name}: ${unsupported.why}; the nearest is ${unsupported.instead}`]],
    ),
  ];
  const repos = entries.map(({ name, repos: all, original }): Field => {
    return [name, all.length > 0 ? all.join(", ") : `${original} (no GGUF files)`];
  });
  const parts = [
    renderRecord(fields, terminal),
    renderTable(entries, [NAME, PARAMS, CONTEXT, LICENSE], terminal),
    renderRecord(repos, terminal),
  ];
  terminal.stdout.write(parts.join(terminal.stdoutTty ? "\n" : ""));
}

function distinct(texts: readonly (string | null)[]): string | null {
  const known = [...new Set(texts.filter((text) => text !== null))];
  return known.length > 0 ? known.join(", ") : null;
}
