// oslm recommend: the best few models for a task on this machine.
import { Argument, Command, Option } from "commander";
import type { Modality } from "../../app/fit/fit-catalog.js";
import type { RecommendedModel, Task } from "../../app/fit/recommend.js";
import { OslmError } from "../../errors.js";
import type { LicenseWishes } from "../../license/license-filter.js";
import type { Output } from "../../ui/output.js";
import { wrap } from "../../ui/wrap.js";
import type { Context, ContextOf } from "../context.js";
import { tokens } from "../flags.js";
import { hostDocument } from "../host-document.js";
import { addLicenseFilterFlags, licenseFilterFlags } from "../license/filter-flags.js";

export interface RecommendOptions extends LicenseWishes {
  readonly ctx?: number;
  readonly minContext?: number;
  readonly task?: Task;
}

export const TASKS: readonly Modality[] = ["text", "code", "vision", "embedding"];
const ALL: readonly Task[] = [...TASKS, "chat"];

export function makeRecommendCommand(contextOf: ContextOf, run = runRecommend): Command {
  return addLicenseFilterFlags(new Command("recommend"))
    .description("name the best few models of the catalog for a task on this machine, and why; makes no request")
    .addArgument(new Argument("[task]", "what for; chat when it is not given").choices(ALL))
    .addOption(new Option("--task <task>", "the same as a flag").choices(ALL))
    .option("-c, --ctx <tokens>", "context to fit; default 8192 or the model's own if smaller", tokens)
    .option("--min-context <tokens>", "only models that were trained for so long a context, and fit with it", tokens)
    .action((task: Task | undefined, options: RecommendOptions) => run(contextOf(), task, options));
}

export async function runRecommend(
  { world, out }: Context,
  positional: Task | undefined,
  { ctx: context, minContext, task: flag, ...license }: RecommendOptions,
): Promise<void> {
  const task = taskOf(positional, flag);
  // A model does for so long a context when it fits with it.
  const ctx = minContext === undefined ? context : Math.max(minContext, context ?? 0);
  const { recommend } = await import("../../app/fit/recommend.js");
  const { catalogFitLegend, showNothingFits } = await import("../show-catalog-fit.js");
  const { machine } = await import("../show-fit.js");
  const wishes = ctx === undefined ? {} : { ctx };
  const report = await recommend(world, task, wishes, license);
  if (out.json) {
    const document = { ...report, host: hostDocument(report.host) };
    return out.document(document, ["task", "host", "models", "nearest", "rule"]);
  }
  const note = (text: string, indent = "") => out.note(wrap(text, out.terminal.width, indent));
  note(`for ${task}; ${machine(report.host)}`, "  ");
  const { models, nearest, rule } = report;
  const [best] = models;
  if (best === undefined) {
    const command = ["oslm recommend", task, ...licenseFilterFlags(license)].join(" ");
    return showNothingFits(nearest, out, { command, wishes, machine: world.machine });
  }
  await showModels(models, out);
  const people = out.terminal.stdoutTty;
  if (people) for (const line of catalogFitLegend(models)) note(line);
  // A pipe is told as well when some are slow.
  if (people || models.some(({ runs }) => runs !== "well")) note(`Chosen by size, age and speed: ${rule}.`);
  if (!people) return;
  note(`Weigh the real files: oslm fit ${best.name}`);
  note(`Get it: oslm pull ${best.name}`);
  note(`Use it: ${task === "embedding" ? `oslm embed ${best.name} "some text"` : `oslm run ${best.name}`}`);
}

async function showModels(models: readonly RecommendedModel[], out: Output): Promise<void> {
  const { catalogFitFace } = await import("../show-catalog-fit.js");
  const { columns, ...face } = catalogFitFace(out.terminal);
  out.rows<RecommendedModel>(models, {
    ...face,
    columns: [...columns, { header: "WHY", text: ({ why }: RecommendedModel) => why, prose: true }],
    fields: [...face.fields, "why"],
  });
}

/** @throws OslmError usage for two that differ */
function taskOf(positional: Task | undefined, flag: Task | undefined): Task {
  if (positional !== undefined && flag !== undefined && positional !== flag) {
    throw new OslmError("usage", {
      problem: `two tasks: ${positional} and --task ${flag}`,
      detail: "The word and the flag mean the same.",
      help: `oslm recommend ${positional}`,
    });
  }
  return positional ?? flag ?? "chat";
}
