// oslm cp: another name for a model on this disk.
import { Command } from "commander";
import type { Context, ContextOf } from "../context.js";

export function makeCpCommand(contextOf: ContextOf, run = runCp): Command {
  return new Command("cp")
    .description("give a stored model another name; no bytes are copied")
    .argument("<model>", "as `oslm list` names it")
    .argument("<name>", "the other name")
    .action((model: string, name: string) => run(contextOf(), model, name));
}

const FIELDS = ["name", "ref", "repo", "commit", "quant", "size", "path"];

export async function runCp({ world, out }: Context, source: string, name: string): Promise<void> {
  out.checkFields(FIELDS);
  const { addName } = await import("../../app/stored/second-name.js");
  const model = await addName(world, source, name);
  if (out.json) {
    const { ref, repo, commit, quant, size, path } = model;
    const document = { name: model.name, ref, repo, commit, quant, size, path };
    out.document(document, FIELDS);
    return;
  }
  out.note(`${model.name} is another name now; no bytes were copied. Run it: oslm run ${model.name}`);
  out.line(model.name);
}
