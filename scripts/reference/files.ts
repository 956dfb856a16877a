// All files that are written from the program: man pages, pages of docs/commands, their index in docs/README.md, and npm's list of man pages.
import { readFileSync } from "node:fs";
import { commandTree } from "../../src/cli/command-tree.js";
import { EXIT_CODES } from "../../src/cli/exit-codes.js";
import { TOPICS } from "../../src/cli/topics/topics.js";
import { manFile, manPage, programManPage } from "./man.js";
import { markdownIndex, markdownPage, verb } from "./markdown.js";
import { optionsOf, type Page, pageOf } from "./page.js";

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const MARK = "<!-- Commands: node scripts/reference.mjs -->\n";

/** By path in the repository. @throws Error when docs/README.md has lost the mark that the index follows */
export async function referenceFiles(): Promise<ReadonlyMap<string, string>> {
  const manifest = JSON.parse(readFileSync(at("package.json"), "utf8")) as { version: string };
  const { version } = manifest;
  const program = await commandTree([], () => {
    throw new Error("no command runs here");
  });
  const verbs = program.commands.filter((command) => !command.name().startsWith("__"));
  const pages = verbs.map((command) => ({ command, page: pageOf(command, `oslm ${command.name()}`) }));
  const all = new Map<string, string>();
  for (const { page } of pages) {
    all.set(`docs/commands/${verb(page.path)}.md`, markdownPage(page));
    all.set(manFile(page), manPage(page, version));
  }
  const own: Page = {
    ...pageOf(program, "oslm"),
    description: "Pull, check, fit and run open large language models.",
    options: [
      ...optionsOf(program),
      { term: "-V, --version", text: "print the version" },
      { term: "-h, --help", text: "explain a command" },
    ],
    exits: Object.entries(EXIT_CODES).map(([term, text]) => ({ term, text })),
  };
  const texts = await Promise.all(
    ["environment", "references", "licenses"].map(async (name) => {
      const [title = "", ...lines] = ((await TOPICS[name]?.text()) ?? "").trimEnd().split("\n");
      return [title.toUpperCase(), lines.join("\n").replace(/^\n+/, "")] as const;
    }),
  );
  const verbTerms = pages.map(({ page }) => ({ term: verb(page.path), text: page.description }));
  all.set(manFile(own), programManPage({ ...own, verbs: verbTerms, texts }, version));
  const headings = [...new Set(verbs.map((command) => command.helpGroup()))];
  const groups = headings.map(
    (heading) =>
      [
        heading.replace(/:$/, ""),
        pages.filter(({ command }) => command.helpGroup() === heading).map(({ page }) => page),
      ] as const,
  );
  all.set("docs/README.md", indexed(readFileSync(at("docs/README.md"), "utf8"), markdownIndex(groups)));
  const man = [...all.keys()].filter((path) => path.startsWith("man/")).sort();
  all.set("package.json", `${JSON.stringify({ ...manifest, man }, null, 2)}\n`);
  return all;
}

function indexed(document: string, index: string): string {
  const end = document.indexOf(MARK);
  if (end < 0) throw new Error(`docs/README.md has lost its line ${MARK}`);
  return `${document.slice(0, end)}${MARK}\n${index}\n`;
}
