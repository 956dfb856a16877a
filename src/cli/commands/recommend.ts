// oslm recommend: the best few models for a task on this machine.
import { Argument, Command } from "commander";
import type { Modality } from "../../app/fit-catalog.js";
import { wrap } from "../../ui/wrap.js";
import type { Context, ContextOf } from "../context.js";
import { tokens } from "../flags.js";
import { hostDocument } from "../host-document.js";

export interface RecommendOptions {
  readonly ctx?: number;
}

export const TASKS: readonly Modality[] = ["text", "code", "vision", "embedding"];

export function makeRecommendCommand(contextOf: ContextOf, run = runRecommend): Command {
  return new Command("recommend")
    .description("name the best few models of the catalog for a task on this machine; makes no request")
    .addArgument(new Argument("[task]", "what for").choices(TASKS).default("text"))
    .option("-c, --ctx <tokens>", "context to fit; default 8192 or the model's own if smaller", tokens)
    .action((task: Modality, options: RecommendOptions) => run(contextOf(), task, options));
}

export async function runRecommend({ world, out }: Context, task: Modality, { ctx }: RecommendOptions): Promise<void> {
  const { recommend } = await import("../../app/recommend.js");
  const { catalogFitFace, catalogFitLegend, showNothingFits } = await import("../show-catalog-fit.js");
  const { machine } = await import("../show-fit.js");
  const report = await recommend(world, task, ctx === undefined ? {} : { ctx });
  if (out.json) {
    const document = { ...report, host: hostDocument(report.host) };
    return out.document(document, ["task", "host", "models", "nearest", "rule"]);
  }
  const note = (text: string, indent = "") => out.note(wrap(text, out.terminal.width, indent));
  note(`for ${task}; ${machine(report.host)}`, "  ");
  const { models, nearest, rule } = report;
  const [best] = models;
  if (best === undefined) {
    const wishes = ctx === undefined ? {} : { ctx };
    return showNothingFits(nearest, out, { command: `oslm recommend ${task}`, wishes, machine: world.machine });
  }
  out.rows(models, catalogFitFace(out.terminal));
  const people = out.terminal.stdoutTty;
  if (people) for (const line of catalogFitLegend(models)) note(line);
  // A pipe is told as well when some are slow.
  if (people || models.some(({ runs }) => runs !== "well")) note(`Chosen by size and age: ${rule}.`);
  if (!people) return;
  note(`Weigh the real files: oslm fit ${best.name}`);
  note(`Get it: oslm pull ${best.name}`);
}
