// oslm search: models on the Hub, with the licenses that their cards declare.
import { Command, Option } from "commander";
import type { FoundModel, SearchWishes } from "../../app/search.js";
import { formatAgo, formatCompact } from "../../ui/format.js";
import type { Column } from "../../ui/table.js";
import type { Context, ContextOf } from "../context.js";
import { number } from "../flags.js";
import { licenseCell } from "../license/cell.js";
import { addLicenseFilterFlags } from "../license/filter-flags.js";

type SearchOptions = Omit<SearchWishes, "words">;

export function makeSearchCommand(contextOf: ContextOf, run = runSearch): Command {
  return addLicenseFilterFlags(new Command("search"))
    .description("find models on the Hub, by name and by the license that they declare")
    .argument("[words...]", "what the name holds; all models that have GGUF files when nothing is given")
    .option("--author <org>", "only models of this person or organization")
    .addOption(
      new Option("--sort <what>", "most or latest first")
        .choices(["downloads", "likes", "updated"])
        .default("downloads"),
    )
    .addOption(new Option("--limit <count>", "at most so many").argParser(number(1, 1000, true)).default(20))
    .action((words: string[], options: SearchOptions) => run(contextOf(), words.join(" "), options));
}

export async function runSearch({ world, out }: Context, words: string, options: SearchOptions): Promise<void> {
  const { searchHub } = await import("../../app/search.js");
  const { models, seen, cutShort } = await searchHub(world, { ...options, words });
  const now = world.now();
  const columns: Column<FoundModel>[] = [
    { header: "NAME", text: ({ name }) => name, whole: true },
    { header: "LICENSE", text: ({ license }) => licenseCell(license), raw: ({ license }) => license.id, whole: true },
    { header: "DOWNLOADS", ...count(({ downloads }) => downloads) },
    { header: "LIKES", ...count(({ likes }) => likes) },
    { header: "UPDATED", text: (row) => updated(row, now), raw: ({ updatedAt }) => updatedAt ?? "" },
    { header: "GATED", text: ({ gated }) => (gated === false ? "no" : (gated ?? "unknown")) },
  ];
  if (options.commercial) {
    columns.push({ header: "COMMERCIAL", text: ({ license }) => license.commercialUse, whole: true });
  }
  out.rows(models, {
    columns,
    fields: ["name", "license", "downloads", "likes", "updatedAt", "gated"],
    id: ({ name }) => name,
    whenEmpty: "Nothing found; fewer words or filters find more.",
  });
  const [first] = models;
  if (first)
    out.note(`These licenses are declared; oslm license ${first.name} looks at the evidence of the first one.`);
  if (cutShort) {
    out.warn(
      `stopped after ${seen} models of the Hub, of which ${models.length} pass; more words, or --author, find others`,
    );
  }
}

function count(of: (row: FoundModel) => number | null): Omit<Column<FoundModel>, "header"> {
  return {
    text: (row) => formatCompact(of(row) ?? Number.NaN),
    raw: (row) => String(of(row) ?? ""),
    right: true,
    whole: true,
  };
}

function updated({ updatedAt }: FoundModel, now: Date): string {
  return updatedAt === null ? "unknown" : formatAgo(new Date(updatedAt), now);
}
