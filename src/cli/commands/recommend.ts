// oslm recommend: the best few models for a task on this machine.
import { Argument, Command } from "commander";
import type { Modality } from "../../app/fit-catalog.js";
import { wrap } from "../../ui/wrap.js";
import type { Context, ContextOf } from "../context.js";
import { tokens } from "../flags.js";

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
  const { catalogFitFace } = await import("../show-catalog-fit.js");
  const { machine } = await import("../show-fit.js");
  const report = await recommend(world, task, ctx === undefined ? {} : { ctx });
  if (out.json) return out.document(report, ["task", "host", "models", "rule"]);
  out.note(`for ${task}; ${machine(report.host)}`);
  out.rows(report.models, {
    ...catalogFitFace(out.terminal),
    whenEmpty: "Nothing of the catalog fits at Q4 quality and reaches reading speed. Try: oslm fit --list",
  });
  const [best] = report.models;
  if (best === undefined || !out.terminal.stdoutTty) return;
  out.note(wrap(`Chosen by size and age, estimated from the catalog: ${report.rule}.`, out.terminal.width, ""));
  out.note(`Weigh the real files: oslm fit ${best.name}`);
  out.note(`Get it: oslm pull ${best.name}`);
}
