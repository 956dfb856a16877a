// oslm fit: what each quantization of a model would need here, and which one would be picked.
import { Command } from "commander";
import type { FitRow } from "../../app/fit.js";
import { OslmError } from "../../errors.js";
import { parseRef } from "../../model/ref.js";
import { formatBytes } from "../../ui/format.js";
import type { Column } from "../../ui/table.js";
import type { Context, ContextOf } from "../context.js";
import { addChoiceFlags, type ChoiceOptions, choiceWishes } from "../flags.js";

export function makeFitCommand(contextOf: ContextOf, run = runFit): Command {
  return addChoiceFlags(new Command("fit"))
    .description("show what each quantization of a model needs here; reads one header only")
    .argument("[model]", "a catalog name, a Hub repository, a file, or demo")
    .option("--audit", "show what past loads were predicted to take, and what they took")
    .action((model: string | undefined, options: FitOptions) => run(contextOf(), model, options));
}

const COLUMNS: readonly Column<FitRow>[] = [
  { header: "QUANT", text: (row) => row.quant },
  { header: "SIZE", text: (row) => formatBytes(row.size), raw: (row) => String(row.size), right: true },
  {
    header: "NEEDS",
    text: (row) => formatBytes(row.estimate.total),
    raw: (row) => String(row.estimate.total),
    right: true,
  },
  { header: "FITS", text: (row) => (row.chosen ? "picked" : row.fits ? "yes" : "no") },
  { header: "WHY", text: (row) => row.reason },
];

export interface FitOptions extends ChoiceOptions {
  readonly audit?: boolean;
}

export async function runFit(context: Context, model: string | undefined, options: FitOptions): Promise<void> {
  if (options.audit) return (await import("../show-audit.js")).showAudit(context);
  const { world, out } = context;
  if (model === undefined) {
    throw new OslmError("usage", {
      problem: "no model is named",
      detail: "oslm fit weighs one model; oslm fit --audit shows past loads.",
      help: "oslm fit qwen2",
    });
  }
  const { fitModel } = await import("../../app/fit.js");
  const report = await fitModel(world, parseRef(model, { hub: world.endpoint }), choiceWishes(options));
  if (out.json) {
    const variants = report.variants.map(({ chosen: _, ...row }) => row);
    return out.document({ ...report, variants }, ["ref", "host", "ctx", "variants", "choice"]);
  }
  const { host } = report;
  const gpus = host.gpus.map((gpu) => `, ${formatBytes(gpu.vramFree)} VRAM free on ${gpu.name}`).join("");
  out.note(
    `${report.ref} with a context of ${report.ctx} tokens; ${formatBytes(host.ramAvailable)} RAM available${gpus}`,
  );
  out.rows(report.variants, {
    columns: COLUMNS,
    fields: ["quant", "size", "files", "estimate", "fits", "reason"],
    id: (row) => row.quant,
    whenEmpty: "No quantizations.",
  });
}
