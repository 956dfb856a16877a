// Writes the table of docs/catalog.md anew from src/catalog/catalog.json; test/catalog/table.test.ts fails until then.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path) => new URL(`../${path}`, import.meta.url);
const MARK = "<!-- The table: node scripts/catalog-table.mjs -->\n";
const HEADER = ["name", "sizes", "license", "context", "architecture", "repository of the bold size"];

/** The document with the table of these families in place of the one that it has. */
export function withTable(document, families) {
  const end = document.indexOf(MARK);
  if (end < 0) throw new Error(`docs/catalog.md has lost its line ${MARK}`);
  return `${document.slice(0, end)}${MARK}\n${table(families)}`;
}

function table(families) {
  const rows = [...families].sort((a, b) => (a.name < b.name ? -1 : 1)).map(rowOf);
  const widths = HEADER.map((title, column) => Math.max(title.length, ...rows.map((cells) => cells[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |\n`;
  return [HEADER, widths.map((width) => "-".repeat(width)), ...rows].map(line).join("");
}

function rowOf({ name, defaultSize, sizes }) {
  const { gguf, original } = sizes.find(({ size }) => size === defaultSize);
  const runs = sizes.some(({ unsupported }) => unsupported === undefined);
  const isBase = sizes.every(({ base }) => base);
  return [
    `\`${name}\`${runs ? "" : " (does not run)"}${isBase ? " (base)" : ""}`,
    sizes
      .map(
        ({ size, unsupported }) =>
          (size === defaultSize ? `**${size}**` : size) + (runs && unsupported ? " (does not run)" : ""),
      )
      .join(", "),
    distinct(sizes.map(({ license }) => license.id)),
    distinct(sizes.map(({ context }) => (context % 1024 === 0 ? `${context / 1024}k` : String(context)))),
    distinct(sizes.map(({ architecture = "none" }) => architecture)),
    gguf[0] ?? `${original}${runs ? " (converted)" : ""}`,
  ];
}

function distinct(texts) {
  return [...new Set(texts)].join(", ");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { families } = JSON.parse(readFileSync(at("src/catalog/catalog.json"), "utf8"));
  writeFileSync(at("docs/catalog.md"), withTable(readFileSync(at("docs/catalog.md"), "utf8"), families));
}
