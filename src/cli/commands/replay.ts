// oslm replay: does a receipt's answer come again?
import { Command } from "commander";
import { OslmError } from "../../errors.js";
import { quoted } from "../../model/quoted.js";
import type { Context, ContextOf } from "../context.js";

export function makeReplayCommand(contextOf: ContextOf, run = runReplay): Command {
  return new Command("replay")
    .description("run again what a receipt describes, and say whether the answer is identical")
    .argument("<receipt>", "a file that oslm run --receipt wrote")
    .action((file: string) => run(contextOf(), file));
}

/** What was found is printed in any case; then the error, where the answers differ. */
export async function runReplay(context: Context, file: string): Promise<void> {
  const { world, out } = context;
  const { readTextFile } = await import("../read-text.js");
  const { readReceipt } = await import("../../app/run/receipt.js");
  const { replay } = await import("../../app/run/replay.js");
  const { admitAdapters, admitModel } = await import("../find-model.js");
  const { askConsent } = await import("../ask-consent.js");
  const receipt = readReceipt(await readTextFile(file), file);
  // With a broken policy nothing runs.
  await world.policy();
  const result = await replay(world, receipt, async (local) => {
    await admitModel(context, local, undefined, askConsent(context, `oslm run ${quoted(local.ref)}`));
    await admitAdapters(context, receipt.lora ?? [], undefined);
  });
  const { identical, firstDifference, facts } = result;
  if (out.json) out.document(result, ["identical", "firstDifference", "facts"]);
  else if (identical) out.line("identical");
  if (firstDifference !== null) throw new OslmError("replay-differs", { ...firstDifference, facts });
  for (const { fact, was, is } of facts) out.note(`The same in spite of another ${fact}: it was ${was}, it is ${is}.`);
}
