// oslm fit: what each quantization of a model would need here, and which one would be picked; or what of the catalog fits.
import { Command, Option } from "commander";
import type { Modality } from "../../app/fit/fit-catalog.js";
import { OslmError } from "../../errors.js";
import { isFiltering, type LicenseWishes } from "../../license/license-filter.js";
import { quoted } from "../../model/quoted.js";
import { parseRef } from "../../model/ref.js";
import type { Context, ContextOf } from "../context.js";
import { addPreferenceFlags, type ChoiceOptions, choiceWishes, contexts } from "../flags.js";
import { addLicenseFilterFlags, licenseFilterFlags } from "../license/filter-flags.js";
import { refuseUnusedFlags } from "../refuse-unused-flags.js";
import { TASKS } from "./recommend.js";

export interface FitOptions extends Omit<ChoiceOptions, "ctx">, LicenseWishes {
  readonly ctx?: readonly number[];
  readonly list?: boolean;
  readonly all?: boolean;
  readonly audit?: boolean;
  readonly exact?: boolean;
  readonly task?: Modality;
}

export function makeFitCommand(contextOf: ContextOf, run = runFit): Command {
  return addLicenseFilterFlags(addPreferenceFlags(new Command("fit")))
    .description("show what each quantization of a model needs here; downloads no weights")
    .argument("[model]", "a catalog name, a Hub repository, a file, or demo")
    .option(
      "-c, --ctx <tokens>",
      "context to fit, or several: 8k,32k,128k; default 8192 or the model's own if smaller",
      contexts,
    )
    .option("--list", "what of the catalog this machine can run, estimated; makes no request")
    .option(
      "--all",
      "with --list: all that fits; on a terminal it is of each family the largest that runs well, up to 15",
    )
    .addOption(new Option("--task <what>", "with --list: only models for this").choices(TASKS))
    .option("--exact", "let the engine itself count a model that is on this disk; loads nothing")
    .option("--audit", "show what past loads were predicted to take, and what they took")
    .hook("preAction", (fit) => {
      if (fit.opts<FitOptions>().audit && fit.args.length === 0) refuseUnusedFlags(fit, "--audit");
    })
    .action((model: string | undefined, options: FitOptions) => run(contextOf(), model, options));
}

export async function runFit(context: Context, model: string | undefined, options: FitOptions): Promise<void> {
  const { list = false, all = false, audit = false, exact = false, task, ctx, ...others } = options;
  const { license, licenseClass, commercial, ...choice } = others;
  const filter = {
    ...(license && { license }),
    ...(licenseClass && { licenseClass }),
    ...(commercial && { commercial }),
  };
  const narrows = all || task !== undefined || isFiltering(filter);
  if (
    [model !== undefined, list, audit].filter(Boolean).length !== 1 ||
    (narrows && !list) ||
    (exact && model === undefined)
  ) {
    throw new OslmError("usage", {
      problem: "oslm fit takes a model, or --list for the whole catalog, or --audit for past loads",
      detail: "--all, --task and the license filters go with --list.",
      help: model === undefined ? "oslm fit --list" : `oslm fit ${model}`,
    });
  }
  if (audit) return (await import("../show-audit.js")).showAudit(context);
  if (model === undefined) return listFitting(context, options, { ...filter, ...(task && { task }) });
  const { world, out } = context;
  const weighing = exact
    ? (await import("../../app/fit/fit-exactly.js")).fitExactly
    : (await import("../../app/fit/fit.js")).fitModel;
  const { fitDocument, showFit } = await import("../show-fit.js");
  const wishes = { ...choiceWishes(choice), ...(ctx && { contexts: ctx }) };
  const report = await weighing(world, parseRef(model, { hub: world.endpoint }), wishes);
  if (exact && report.variants.some(({ estimate }) => estimate.method === "formula")) {
    out.note("Counted by formula: the engine counts only what fits, without a GPU (--gpu none), on Linux.");
  }
  if (!out.json) {
    const { prefer, quant } = choice;
    const command = ["oslm fit", quoted(model), ...(exact ? ["--exact"] : []), ...preferFlag(prefer)].join(" ");
    return showFit(report, out, { command, quant, wishes: {}, machine: world.machine });
  }
  const asked = out.mode.kind === "json" && out.mode.fields?.includes("contexts") === true;
  out.document(fitDocument(report, asked), [
    "ref",
    "givenBy",
    "host",
    "trainedFor",
    "ctx",
    "variants",
    "choice",
    "reasons",
    "leftOut",
    "converted",
    "images",
    "contexts",
  ]);
}

async function listFitting(
  { world, out }: Context,
  { ctx = [], quant, prefer, all = false }: FitOptions,
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
  const { fitCatalog } = await import("../../app/fit/fit-catalog.js");
  const report = await fitCatalog(world, { ...(first && { ctx: first }), ...(prefer && { prefer }) }, narrowed);
  const { showCatalogFit } = await import("../show-catalog-fit.js");
  const commercial = narrowed.commercial === true;
  const wishes = first === undefined ? {} : { ctx: first };
  const asked = { command: listCommand(prefer, narrowed), wishes, machine: world.machine };
  showCatalogFit(report, out, { all, commercial, asked });
}

function preferFlag(prefer: FitOptions["prefer"]): string[] {
  return prefer === undefined || prefer === "balanced" ? [] : [`--prefer ${prefer}`];
}

/** With what narrows the list, so that what is printed can be pasted. */
function listCommand(
  prefer: FitOptions["prefer"],
  { task, ...license }: LicenseWishes & { readonly task?: Modality },
): string {
  const flags = [
    ...(task === undefined ? [] : [`--task ${task}`]),
    ...licenseFilterFlags(license),
    ...preferFlag(prefer),
  ];
  return ["oslm fit --list", ...flags].join(" ");
}
