// oslm prune: gives back the disk that nobody needs.
import { Command } from "commander";
import type { Pruned } from "../../app/stored/prune.js";
import { OslmError } from "../../errors.js";
import type { Prunable, PrunableKind } from "../../store/prunable.js";
import { formatBytes } from "../../ui/format.js";
import type { Column } from "../../ui/table.js";
import type { Context, ContextOf } from "../context.js";

export interface PruneOptions {
  readonly dryRun?: boolean;
  readonly all?: boolean;
}

export function makePruneCommand(contextOf: ContextOf, run = runPrune): Command {
  return new Command("prune")
    .description("remove what interrupted downloads and removed models left")
    .option("--dry-run", "only show what would go")
    .option("--all", "also snapshots and files that no branch and no model of `oslm list` leads to")
    .action((options: PruneOptions) => run(contextOf(), options));
}

const KINDS: Readonly<Record<PrunableKind, string>> = {
  partial: "interrupted download",
  temporary: "temporary file",
  unfinished: "unfinished result",
  blob: "file without a name",
  snapshot: "snapshot without a branch",
  sums: "sums of a removed file",
  unrecorded: "file without a record",
  folder: "empty folder",
};

const COLUMNS: readonly Column<Prunable>[] = [
  { header: "KIND", text: ({ kind }) => KINDS[kind], raw: ({ kind }) => kind },
  { header: "SIZE", text: ({ bytes }) => formatBytes(bytes), raw: ({ bytes }) => String(bytes), right: true },
  { header: "PATH", text: ({ path }) => path },
];

const FIELDS = ["items", "freedBytes", "dryRun", "busy", "linked"];

export async function runPrune({ world, out, flags }: Context, options: PruneOptions): Promise<void> {
  out.checkFields(FIELDS);
  const { planPrune, prune } = await import("../../app/stored/prune.js");
  const request = { all: options.all === true };
  const plan = await planPrune(world, request);
  for (const name of plan.busy) out.note(`another oslm is working on ${name}; it is left alone`);
  for (const { path, target } of plan.linked) out.note(`${path} is a link to ${target}; it is not followed`);
  const isDone = options.dryRun || plan.items.length === 0;
  if (isDone) {
    show(out, { ...plan, dryRun: options.dryRun === true });
    out.note(plan.items.length === 0 ? "Nothing to prune." : `${formatBytes(plan.freedBytes)} could be freed.`);
    return;
  }
  const question = `Remove ${plan.items.length === 1 ? "it" : `these ${plan.items.length}`} and free ${formatBytes(plan.freedBytes)}?`;
  if (!flags.yes) {
    const instead = `oslm prune${options.all ? " --all" : ""} --yes`;
    if (!out.terminal.canPrompt) throw new OslmError("not-interactive", { question, instead });
    for (const { kind, bytes, path } of plan.items) out.note(`${KINDS[kind]}  ${formatBytes(bytes)}  ${path}`);
    const { ask } = await import("../../ui/ask.js");
    if (!(await ask(out.terminal, question, world.signal))) {
      throw new OslmError("declined", { question: "Nothing was removed." });
    }
  }
  const pruned = await prune(world, request, plan);
  show(out, pruned);
  out.note(`${formatBytes(pruned.freedBytes)} freed.`);
}

function show(out: Context["out"], pruned: Pruned): void {
  if (out.json) out.document(pruned, FIELDS);
  if (out.json || pruned.items.length === 0) return;
  out.rows(pruned.items, {
    columns: COLUMNS,
    fields: ["kind", "path", "bytes"],
    id: ({ path }) => path,
    whenEmpty: "",
  });
}
