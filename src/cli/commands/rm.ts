// oslm rm: takes models off this disk.
import { Command } from "commander";
import { OslmError } from "../../errors.js";
import { formatBytes } from "../../ui/format.js";
import type { Context, ContextOf } from "../context.js";

export function makeRmCommand(contextOf: ContextOf, run = runRm): Command {
  return new Command("rm")
    .description("remove models from this disk")
    .argument("<models...>", "as `oslm list` names them")
    .action((models: string[]) => run(contextOf(), models));
}

const FIELDS = ["removed", "freedBytes", "kept"];

export async function runRm({ world, out, flags }: Context, names: readonly string[]): Promise<void> {
  out.checkFields(FIELDS);
  const { planRemoval, remove } = await import("../../app/stored/remove.js");
  const plan = await planRemoval(world, names);
  for (const model of plan.models) out.note(`${model.name}  ${formatBytes(model.size)}`);
  for (const { repo, bytes } of plan.fetched) {
    out.note(`the checkpoint of ${repo}, which was kept  ${formatBytes(bytes)}`);
  }
  for (const { repo, path, ours, bytes } of plan.checkpoints) {
    const how = ours ? ` (oslm rm ${repo} removes it)` : "";
    out.note(`the checkpoint of ${repo} stays in the Hugging Face cache, ${formatBytes(bytes)}${how}: ${path}`);
  }
  for (const { model, because } of plan.stay) out.note(`the files of ${model} stay: ${because}`);
  for (const { repo, bytes } of plan.leftovers) {
    out.note(`${repo}  ${formatBytes(bytes)} of an interrupted download`);
  }
  const count = plan.models.length + plan.leftovers.length + plan.fetched.length;
  const question = `Remove ${count === 1 ? "it" : `these ${count}`} and free ${formatBytes(plan.frees)}?`;
  if (!flags.yes) {
    if (!out.terminal.canPrompt)
      throw new OslmError("not-interactive", { question, instead: `oslm rm ${names.join(" ")} --yes` });
    const { ask } = await import("../../ui/ask.js");
    if (!(await ask(out.terminal, question, world.signal)))
      throw new OslmError("declined", { question: "Nothing was removed." });
  }
  const result = await remove(world, plan);
  if (out.json) out.document(result, FIELDS);
  else {
    if (out.mode.kind === "quiet") for (const name of result.removed) out.line(name);
    out.note(`Removed ${result.removed.join(", ")}; ${formatBytes(result.freedBytes)} freed.`);
  }
}
