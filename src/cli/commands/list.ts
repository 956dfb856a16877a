// oslm list: the models on this disk.
import { Command } from "commander";
import type { ListedModel, ListedWithTerms } from "../../app/stored/list.js";
import type { LicenseWishes } from "../../license/license-filter.js";
import type { StoredModel } from "../../model/types.js";
import { formatAgo, formatBytes } from "../../ui/format.js";
import type { Column } from "../../ui/table.js";
import type { Context, ContextOf } from "../context.js";
import { licenseCell } from "../license/cell.js";
import { addLicenseFilterFlags } from "../license/filter-flags.js";

type Row = ListedModel | ListedWithTerms;

export function makeListCommand(contextOf: ContextOf, run = runList): Command {
  return addLicenseFilterFlags(new Command("list"), "any")
    .alias("ls")
    .description("list the models on this disk")
    .action((wishes: LicenseWishes) => run(contextOf(), wishes));
}

export async function runList({ world, out }: Context, wishes: LicenseWishes): Promise<void> {
  const { diskUse, listModels } = await import("../../app/stored/list.js");
  const now = world.now();
  const columns: Column<Row>[] = [
    { header: "NAME", text: (row) => row.name, whole: true },
    { header: "QUANT", text: (row) => row.quant },
    { header: "SIZE", text: (row) => formatBytes(row.size), raw: (row) => String(row.size), right: true },
    { header: "LICENSE", text: (row) => licenseCell(row.license), raw: (row) => row.license.id },
    { header: "USED", text: (row) => used(row, now), raw: (row) => row.lastUsedAt ?? "" },
  ];
  if (wishes.commercial) columns.push({ header: "COMMERCIAL", text: commercialUse, whole: true });
  const models = await listModels(world);
  const isFiltered = Object.keys(wishes).length > 0;
  // The table of licenses takes time to load, and the plain list has to be there at once.
  const rows: readonly Row[] = out.json || isFiltered ? await filtered(world, models, wishes) : models;
  out.rows(rows, {
    columns,
    fields: ["name", "ref", "repo", "commit", "quant", "size", "path", "license", "addedAt", "lastUsedAt"],
    id: (row) => row.name,
    whenEmpty:
      models.length > 0
        ? "No model on this disk has such a license."
        : "No models yet. Try: oslm pull qwen2:0.5b   (oslm doctor finds those that are on this disk and not listed)",
  });
  // Programs that read the list do not wait for it.
  if (!out.terminal.stderrTty || !out.terminal.stdoutTty || out.mode.kind !== "human") return;
  const { models: count, bytes, partialBytes, away } = await diskUse(world);
  const partial = partialBytes > 0 ? `${formatBytes(partialBytes)} in interrupted downloads: oslm prune` : undefined;
  const whole = count > 0 ? `${count} model${count > 1 ? "s" : ""}, ${formatBytes(bytes)} on this disk` : undefined;
  const use = [whole, partial].filter((part) => part !== undefined);
  if (use.length > 0) out.note(use.join("; "));
  const [first, ...more] = away;
  if (first === undefined) return;
  const others = more.length > 0 ? `, and files of ${more.length} more are missing` : "";
  out.note(`${first.name} is left out: there is no ${first.path}${others} (oslm doctor)`);
}

/** Stored models may have licenses that only they name. @throws OslmError usage for an id that nobody knows */
async function filtered(
  world: Context["world"],
  models: readonly StoredModel[],
  wishes: LicenseWishes,
): Promise<readonly ListedWithTerms[]> {
  const { withTerms } = await import("../../app/stored/list.js");
  const rows = await withTerms(world, models, wishes);
  if (wishes.license === undefined) return rows;
  const { checkLicenseIds } = await import("../license/check-license-ids.js");
  const here = [...models, ...rows].map(({ license }) => license.id);
  checkLicenseIds(wishes.license, "oslm list", here);
  return rows;
}

function used({ lastUsedAt }: ListedModel, now: Date): string {
  return lastUsedAt === null ? "never" : formatAgo(new Date(lastUsedAt), now);
}

function commercialUse({ license }: Row): string {
  return "commercialUse" in license ? license.commercialUse : "unknown";
}
