// oslm fit: what each quantization of a model would need here, and which one would be picked.
import { Command } from "commander";
import { parseRef } from "../../model/ref.js";
import type { Context, ContextOf } from "../context.js";
import { addPreferenceFlags, type ChoiceOptions, choiceWishes, contexts } from "../flags.js";

export interface FitOptions extends Omit<ChoiceOptions, "ctx"> {
  readonly ctx?: readonly number[];
}

export function makeFitCommand(contextOf: ContextOf, run = runFit): Command {
  return addPreferenceFlags(new Command("fit"))
    .description("show what each quantization of a model needs here; reads one header only")
    .argument("<model>", "a catalog name, a Hub repository, a file, or demo")
    .option("-c, --ctx <tokens>", "context to fit, or several: 8k,32k,128k; default 8192 or the model's own", contexts)
    .action((model: string, options: FitOptions) => run(contextOf(), model, options));
}

export async function runFit({ world, out }: Context, model: string, { ctx, ...options }: FitOptions): Promise<void> {
  const { fitModel } = await import("../../app/fit.js");
  const { fitDocument, showFit } = await import("../show-fit.js");
  const wishes = { ...choiceWishes(options), ...(ctx && { contexts: ctx }) };
  const report = await fitModel(world, parseRef(model, { hub: world.endpoint }), wishes);
  if (!out.json) return showFit(report, out);
  out.document(fitDocument(report), ["ref", "host", "ctx", "variants", "choice", "reasons", "contexts"]);
}
