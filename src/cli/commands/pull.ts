// oslm pull: gets a model onto this disk and prints its path.
import { Command } from "commander";
import type { PullResult } from "../../app/pull/pull.js";
import { OslmError } from "../../errors.js";
import { parseRef } from "../../model/ref.js";
import { originOf } from "../../model/types.js";
import { formatBytes } from "../../ui/format.js";
import type { Context, ContextOf } from "../context.js";
import { addChoiceFlags, collect } from "../flags.js";
import type { WebPullOptions } from "../pull-web.js";

export function makePullCommand(contextOf: ContextOf, run = runPull): Command {
  return addChoiceFlags(new Command("pull"))
    .description("check the license, pick what fits, download and verify")
    .argument("<model>", "a catalog name, a Hub repository or an https address; see `oslm help references`")
    .option("--sha256 <hex>", "what the file at an https address must be; repeated for each part", collect)
    .option("--force", "pull although it does not fit, or the engine does not know its architecture and cannot run it")
    .option("--keep", "of a repository that has to be converted: keep its files in the cache afterwards")
    .option("--no-projector", "of a model that sees, only what texts need; it cannot read images then")
    .option("--accept-license <id>", "accept this license; may be repeated", collect)
    .action((model: string, options: WebPullOptions) => run(contextOf(), model, options));
}

const FIELDS = "ref repo commit quant path files bytes license licenseExpected fit converted".split(" ");

export async function runPull(context: Context, model: string, options: WebPullOptions): Promise<void> {
  const { out } = context;
  out.checkFields(FIELDS);
  const ref = parseRef(model, { hub: context.world.endpoint });
  if (ref.kind === "url") {
    const { pullWeb } = await import("../pull-web.js");
    return showPulled(context, await pullWeb(context, ref.url, options));
  }
  if (options.sha256 !== undefined) {
    throw new OslmError("usage", {
      problem: "--sha256 is for files of plain web servers",
      detail: "The Hub tells the sha256 of its files itself.",
      help: `oslm pull ${model}`,
    });
  }
  if (ref.kind !== "catalog" && ref.kind !== "hub") {
    const { findLocal } = await import("../../app/run/local-model.js");
    await findLocal(context.world, ref);
    const detail = ref.kind === "demo" ? "The demo model comes with oslm." : "A file on this disk needs no pull.";
    throw new OslmError("usage", { problem: `${model} is here already`, detail, help: `oslm run ${model}` });
  }
  const { pullModel } = await import("../pull-model.js");
  if (context.world.offline) {
    const local = await (await import("../ensure-model.js")).ensureModel(context, ref, options);
    if (!out.json) return out.line(local.paths[0]);
  }
  showPulled(context, await pullModel(context, ref, options));
}

function showPulled(
  { out }: Context,
  { model: stored, license, licenseExpected = null, choice, runs, bytes }: PullResult,
): void {
  if (out.json) {
    const { ref: name, quant, path, files, converted = null } = stored;
    const { repo, commit } = originOf(stored) ?? { repo: null, commit: null };
    const judged = { license, licenseExpected, fit: choice.estimate };
    out.document({ ref: name, repo, commit, quant, path, files, bytes, ...judged, converted }, FIELDS);
    return;
  }
  // What is converted of files that were here is none that was.
  const here = stored.converted === undefined ? "was on this disk already" : "nothing had to be downloaded";
  const done = bytes.downloaded === 0 ? here : `${formatBytes(bytes.downloaded)} downloaded and verified`;
  out.note(`${stored.name}: ${done}.${runs ? ` Run it: oslm run ${stored.name}` : ""}`);
  out.line(stored.path);
}
