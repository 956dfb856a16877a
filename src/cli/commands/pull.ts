// oslm pull: gets a model onto this disk and prints its path.
import { Command } from "commander";
import { OslmError } from "../../errors.js";
import { parseRef } from "../../model/ref.js";
import { formatBytes } from "../../ui/format.js";
import type { Context, ContextOf } from "../context.js";
import { addChoiceFlags, collect } from "../flags.js";
import type { PullOptions } from "../pull-model.js";

export function makePullCommand(contextOf: ContextOf, run = runPull): Command {
  return addChoiceFlags(new Command("pull"))
    .description("check the license, pick what fits, download and verify")
    .argument("<model>", "a catalog name or a Hub repository; see `oslm help references`")
    .option("--accept-license <id>", "accept this license; may be repeated", collect)
    .action((model: string, options: PullOptions) => run(contextOf(), model, options));
}

export async function runPull(context: Context, model: string, options: PullOptions): Promise<void> {
  const { out } = context;
  const ref = parseRef(model);
  if (ref.kind === "url") {
    throw new OslmError("usage", {
      problem: "models from other web servers cannot be pulled yet",
      detail: "Only the Hub tells size and sha256 of a file, and its license.",
      help: `curl -LO ${model}   and then oslm run ./model.gguf`,
    });
  }
  if (ref.kind !== "catalog" && ref.kind !== "hub") {
    const { findLocal } = await import("../../app/local-model.js");
    await findLocal(context.world, ref);
    const detail = ref.kind === "demo" ? "The demo model comes with oslm." : "A file on this disk needs no pull.";
    throw new OslmError("usage", { problem: `${model} is here already`, detail, help: `oslm run ${model}` });
  }
  const { pullModel } = await import("../pull-model.js");
  if (context.world.offline) {
    const local = await (await import("../pull-model.js")).ensureModel(context, ref, options);
    if (!out.json) return out.line(local.paths[0]);
  }
  const { model: stored, license, choice, bytes } = await pullModel(context, ref, options);
  if (out.json) {
    const { ref: name, repo, commit, quant, path, files } = stored;
    const document = { ref: name, repo, commit, quant, path, files, bytes, license, fit: choice.estimate };
    return out.document(document, ["ref", "repo", "commit", "quant", "path", "files", "bytes", "license", "fit"]);
  }
  const done =
    bytes.downloaded === 0 ? "was on this disk already" : `${formatBytes(bytes.downloaded)} downloaded and verified`;
  out.note(`${stored.name}: ${done}. Run it: oslm run ${stored.name}`);
  out.line(stored.path);
}
