// oslm fit: what each quantization of a model would need here, and which one would be picked; or what of the catalog fits.
import { Command, Option } from "commander";
import type { Modality } from "../../app/fit-catalog.js";
import { OslmError } from "../../errors.js";
import { isFiltering, type LicenseWishes } from "../../license/license-filter.js";
import { parseRef } from "../../model/ref.js";
import { wrap } from "../../ui/wrap.js";
import type { Context, ContextOf } from "../context.js";
import { addPreferenceFlags, type ChoiceOptions, choiceWishes, contexts } from "../flags.js";
import { addLicenseFilterFlags } from "../license/filter-flags.js";
import { refuseUnusedFlags } from "../refuse-unused-flags.js";
import { TASKS } from "./recommend.js";

export interface FitOptions extends Omit<ChoiceOptions, "ctx">, LicenseWishes {
  readonly ctx?: readonly number[];
  readonly list?: boolean;
  readonly audit?: boolean;
  readonly task?: Modality;
}

export function makeFitCommand(contextOf: ContextOf, run = runFit): Command {
  return addLicenseFilterFlags(addPreferenceFlags(new Command("fit")))
    .description("show what each quantization of a model needs here; reads one header only")
    .argument("[model]", "a catalog name, a Hub repository, a file, or demo")
    .option("-c, --ctx <tokens>", "context to fit, or several: 8k,32k,128k; default 8192 or the model's own", contexts)
    .option("--list", "what of the catalog this machine can run, estimated; makes no request")
    .addOption(new Option("--task <what>", "only such models, with --list").choices(TASKS))
    .option("--audit", "show what past loads were predicted to take, and what they took")
    .hook("preAction", (fit) => {
      if (fit.opts<FitOptions>().audit && fit.args.length === 0) refuseUnusedFlags(fit, "--audit");
    })
    .action((model: string | undefined, options: FitOptions) => run(contextOf(), model, options));
}

export async function runFit(context: Context, model: string | undefined, options: FitOptions): Promise<void> {
  const { list = false, audit = false, task, ctx, license, licenseClass, commercial, ...choice } = options;
  const filter = {
    ...(license && { license }),
    ...(licenseClass && { licenseClass }),
    ...(commercial && { commercial }),
  };
  const narrows = task !== undefined || isFiltering(filter);
  if ([model !== undefined, list, audit].filter(Boolean).length !== 1 || (narrows && !list)) {
    throw new OslmError("usage", {
      problem: "oslm fit takes a model, or --list for the whole catalog, or --audit for past loads",
      detail: "--task and the license filters go with --list.",
      help: model === undefined ? "oslm fit --list" : `oslm fit ${model}`,
    });
  }
  if (audit) return (await import("../show-audit.js")).showAudit(context);
  if (model === undefined) return listFitting(context, options, { ...filter, ...(task && { task }) });
  const { world, out } = context;
  const { fitModel } = await import("../../app/fit.js");
  const { fitDocument, showFit } = await import("../show-fit.js");
  const wishes = { ...choiceWishes(choice), ...(ctx && { contexts: ctx }) };
  const report = await fitModel(world, parseRef(model, { hub: world.endpoint }), wishes);
  if (!out.json) return showFit(report, out);
  out.document(fitDocument(report), ["ref", "host", "ctx", "variants", "choice", "reasons", "leftOut", "contexts"]);
}

async function listFitting(
  { world, out }: Context,
  { ctx = [], quant, prefer }: FitOptions,
  narrowed: LicenseWishes & { readonly task?: Modality },
): Promise<void> {
  const [first, second] = ctx;
  if (second !== undefined) {
    throw new OslmError("usage", {
      problem: "--list takes one context",
      detail: "Several are for one model.",
      help: `oslm fit --list --ctx ${first}`,
    });
  }
  if (quant !== undefined) {
    throw new OslmError("usage", {
      problem: "--list takes no --quant",
      detail: "It weighs the usual quantizations of every model.",
      help: "oslm fit --list",
    });
  }
  const { fitCatalog } = await import("../../app/fit-catalog.js");
  const { catalogFitFace } = await import("../show-catalog-fit.js");
  const { machine } = await import("../show-fit.js");
  const report = await fitCatalog(world, { ...(first && { ctx: first }), ...(prefer && { prefer }) }, narrowed);
  if (out.json) return out.document(report, ["host", "models", "tooLarge"]);
  out.note(machine(report.host));
  out.rows(report.models, catalogFitFace(out.terminal));
  if (!out.terminal.stdoutTty) return;
  const larger = report.tooLarge.length;
  const counts = `${report.models.length} fit, ${larger} do not.`;
  out.note(wrap(`${counts} Estimated from the catalog; oslm fit NAME weighs the real files.`, out.terminal.width, ""));
}
