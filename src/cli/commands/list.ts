// oslm list: the models on this disk.
import { Command } from "commander";
import type { ListedModel } from "../../app/list.js";
import { formatAgo, formatBytes } from "../../ui/format.js";
import type { Column } from "../../ui/table.js";
import type { Context, ContextOf } from "../context.js";

export function makeListCommand(contextOf: ContextOf, run = runList): Command {
  return new Command("list")
    .alias("ls")
    .description("list the models on this disk")
    .action(() => run(contextOf()));
}

export async function runList({ world, out }: Context): Promise<void> {
  const { diskUse, listModels } = await import("../../app/list.js");
  const now = world.now();
  const columns: Column<ListedModel>[] = [
    { header: "NAME", text: (row) => row.name },
    { header: "QUANT", text: (row) => row.quant },
    { header: "SIZE", text: (row) => formatBytes(row.size), raw: (row) => String(row.size), right: true },
    { header: "LICENSE", text: (row) => row.license.id },
    { header: "USED", text: (row) => used(row, now), raw: (row) => row.lastUsedAt ?? "" },
  ];
  out.rows(await listModels(world), {
    columns,
    fields: ["name", "ref", "repo", "commit", "quant", "size", "path", "license", "addedAt", "lastUsedAt"],
    id: (row) => row.name,
    whenEmpty:
      "No models yet. Try: oslm pull qwen2:0.5b   (oslm doctor finds those that are on this disk and not listed)",
  });
  // Programs that read the list do not wait for it.
  if (!out.terminal.stderrTty || !out.terminal.stdoutTty || out.mode.kind !== "human") return;
  const { models, bytes, partialBytes } = await diskUse(world);
  const partial = partialBytes > 0 ? `${formatBytes(partialBytes)} in interrupted downloads: oslm prune` : undefined;
  const whole = models > 0 ? `${models} model${models > 1 ? "s" : ""}, ${formatBytes(bytes)} on this disk` : undefined;
  const use = [whole, partial].filter((part) => part !== undefined);
  if (use.length > 0) out.note(use.join("; "));
}

function used({ lastUsedAt }: ListedModel, now: Date): string {
  return lastUsedAt === null ? "never" : formatAgo(new Date(lastUsedAt), now);
}
