// A page as Markdown: docs/commands/VERB.md.
import type { Page, Term } from "./page.js";

const MARK = "<!-- Written by node scripts/reference.mjs -->";

export function markdownPage(page: Page): string {
  const sections = [
    `# ${page.path}`,
    MARK,
    ...body(page),
    ...page.parts.flatMap((part) => [`## ${part.path}`, ...body(part)]),
    ...examples(page),
    "## Exit codes",
    table("exit", "meaning", page.exits),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** @param groups verbs with their descriptions, by the heading of the help */
export function markdownIndex(groups: readonly (readonly [heading: string, pages: readonly Page[]])[]): string {
  return groups
    .flatMap(([heading, pages]) => [
      `### ${heading}`,
      pages.map(({ path, description }) => `- [${path}](commands/${verb(path)}.md): ${plain(description)}`).join("\n"),
    ])
    .join("\n\n");
}

export function verb(path: string): string {
  return path.split(" ").slice(1).join("-");
}

function body(page: Page): string[] {
  return [
    plain(page.description),
    `    ${page.usage}`,
    ...(page.arguments.length > 0 ? [table("argument", "what it is", page.arguments)] : []),
    ...(page.options.length > 0 ? [table("option", "what it does", page.options)] : []),
    ...(page.fields.length > 0 ? [table("result", "its fields", page.fields)] : []),
  ];
}

function examples({ examples: all }: Page): string[] {
  if (all.length === 0) return [];
  return [
    "## Examples",
    ...all.map(([line, what]) => `${what.slice(0, 1).toUpperCase()}${what.slice(1)}:\n\n\`\`\`sh\n${line}\n\`\`\``),
  ];
}

function table(left: string, right: string, terms: readonly Term[]): string {
  const rows = terms.map(({ term, text }) => [`\`${term}\``, plain(text)] as const);
  const first = Math.max(left.length, ...rows.map(([cell]) => cell.length));
  const second = Math.max(right.length, ...rows.map(([, cell]) => cell.length));
  const line = (a: string, b: string) => `| ${a.padEnd(first)} | ${b.padEnd(second)} |`;
  return [line(left, right), line("-".repeat(first), "-".repeat(second)), ...rows.map(([a, b]) => line(a, b))].join(
    "\n",
  );
}

/** Nothing of it is markup but what stands between backquotes. */
function plain(text: string): string {
  const parts = text.replace(/\s+/g, " ").split("`");
  return parts
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[<>*_[\]]/g, "\\$&")).replaceAll("|", "\\|"))
    .join("`");
}
