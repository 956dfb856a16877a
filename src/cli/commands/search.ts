// oslm search: models on the Hub, with the licenses that their cards declare and what would fit here.
import { Command, Option } from "commander";
import type { FoundModel, SearchEnd, SearchWishes } from "../../app/names/search.js";
import { OslmError } from "../../errors.js";
import type { SearchTask } from "../../hub/search-models.js";
import { formatAgoShort, formatBytes, formatCompact } from "../../ui/format.js";
import type { RowsFace } from "../../ui/output.js";
import type { Column } from "../../ui/table.js";
import { wrap } from "../../ui/wrap.js";
import type { Context, ContextOf } from "../context.js";
import { number, size } from "../flags.js";
import { licenseCell } from "../license/cell.js";
import { addLicenseFilterFlags } from "../license/filter-flags.js";

type SearchOptions = Omit<SearchWishes, "words">;

const TASKS: readonly SearchTask[] = ["text", "chat", "code", "vision", "embedding"];

export function makeSearchCommand(contextOf: ContextOf, run = runSearch): Command {
  return refuseBoth(addLicenseFilterFlags(new Command("search")), "gated")
    .description("find models on the Hub: by name, task, declared license, size, and what fits this machine")
    .argument("[words...]", "what the name holds; all models that have GGUF files when nothing is given")
    .option("--author <org>", "only models of this person or organization")
    .addOption(new Option("--task <task>", "what for, by the Hub's labels").choices(TASKS))
    .option("--max-size <size>", "only what has a quantization of at most this size, such as 8GB", size)
    .option("--fits", "only what is expected to fit this machine")
    .option("--gated", "only models that ask for consent on their page")
    .option("--no-gated", "only models that do not")
    .addOption(
      new Option("--sort <what>", "most or latest first")
        .choices(["downloads", "likes", "updated"])
        .default("downloads"),
    )
    .addOption(new Option("--limit <count>", "at most so many").argParser(number(1, 1000, true)).default(20))
    .action((words: string[], options: SearchOptions) => run(contextOf(), words.join(" "), options));
}

/** commander takes the last of a flag and its opposite. */
function refuseBoth(command: Command, name: string): Command {
  const given = new Set<string>();
  for (const flag of [name, `no-${name}`]) command.on(`option:${flag}`, () => given.add(flag));
  return command.hook("preAction", () => {
    if (given.size < 2) return;
    throw new OslmError("usage", {
      problem: `--${name} and --no-${name} exclude each other`,
      detail: "No model is both.",
      help: `oslm search --${name}`,
    });
  });
}

export async function runSearch({ world, out }: Context, words: string, options: SearchOptions): Promise<void> {
  out.checkFields(FIELDS);
  const { searchHub } = await import("../../app/names/search.js");
  const pages = searchHub(world, { ...options, words });
  const shown = out.paged(faceFor(options, world.now(), out.terminal.width < WIDE));
  let first: FoundModel | undefined;
  for (;;) {
    const page = await pages.next();
    if (page.done) {
      shown.end();
      if (first !== undefined) out.note(wrap(explain(first), out.terminal.width, "  "));
      for (const text of warnOf(page.value)) out.warn(text);
      return;
    }
    shown.add(page.value);
    first ??= page.value[0];
  }
}

function explain({ name }: FoundModel): string {
  return `Licenses are as declared, sizes marked ~ are estimates: oslm license ${name} and oslm fit ${name} look at the first one.`;
}

function warnOf({ found, seen, unknown, cutShort }: SearchEnd): readonly string[] {
  const many = `stopped after ${seen} models of the Hub, of which ${found} pass; more words, or --author, find others`;
  const silent = `left out ${unknown} of which the Hub does not tell the size`;
  return [...(cutShort ? [many] : []), ...(unknown > 0 ? [silent] : [])];
}

const FIELDS = [
  ...(["name", "license", "downloads", "likes", "updatedAt", "gated", "pipeline"] as const),
  ...(["parameters", "architecture", "contextLength", "quant", "size", "sizeIsEstimate", "fits"] as const),
];

/** Below this the license's class makes room. */
const WIDE = 100;

/** Likes are shown where they sort, the gate where it was asked for. */
function faceFor({ sort, gated, commercial }: SearchOptions, now: Date, narrow: boolean): RowsFace<FoundModel> {
  const license = (row: FoundModel) => (narrow ? row.license.id : licenseCell(row.license));
  const columns: Column<FoundModel>[] = [
    { header: "NAME", text: ({ name }) => name, whole: true },
    { header: "SIZE", text: (row) => sizeCell(row, formatBytes), raw: (row) => sizeCell(row, String), right: true },
    { header: "LICENSE", text: license, raw: (row) => row.license.id },
    { header: "FITS", text: fitsCell, whole: true },
    { header: "DOWNLOADS", ...count(({ downloads }) => downloads), spare: true },
    {
      ...{ header: "UPDATED", text: (row: FoundModel) => updated(row, now), whole: true, spare: true },
      raw: ({ updatedAt }) => updatedAt ?? "",
    },
  ];
  if (sort === "likes") columns.push({ header: "LIKES", ...count(({ likes }) => likes) });
  if (gated !== undefined) columns.push({ header: "GATED", text: (row) => gatedCell(row) });
  if (commercial) columns.push({ header: "COMMERCIAL", text: ({ license }) => license.commercialUse, whole: true });
  const whenEmpty = "Nothing found; fewer words or filters find more.";
  return { columns, fields: FIELDS, id: ({ name }) => name, whenEmpty };
}

function sizeCell({ size, sizeIsEstimate }: FoundModel, format: (bytes: number) => string): string {
  return size === null ? "?" : `${sizeIsEstimate ? "~" : ""}${format(size)}`;
}

/** The quantization that is expected to fit. */
function fitsCell({ fits, quant }: FoundModel): string {
  if (fits === null) return "?";
  return fits ? `~${quant ?? "yes"}` : "~no";
}

function gatedCell({ gated }: FoundModel): string {
  return gated === false ? "no" : (gated ?? "unknown");
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
  return updatedAt === null ? "unknown" : formatAgoShort(new Date(updatedAt), now);
}
