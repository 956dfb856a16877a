// oslm merge: one file of a model and the LoRA adapters that were trained for it.
import { Command, Option } from "commander";
import type { Merged } from "../../app/convert/merge.js";
import { OslmError } from "../../errors.js";
import { quoted } from "../../model/quoted.js";
import type { AdapterFile } from "../../runtime/engine.js";
import { adapter } from "../adapter-flag.js";
import { askConsent } from "../ask-consent.js";
import type { Context, ContextOf } from "../context.js";
import { collect } from "../flags.js";
import { offersOf } from "../license/offers.js";

interface MergeFlags {
  readonly output: string;
  readonly type?: string;
  readonly force?: boolean;
  readonly acceptLicense?: readonly string[];
}

/** `OWN_TYPES` of convert/encode.ts, which is loaded late. */
const TYPES = ["F16", "BF16", "F32"];

export function makeMergeCommand(contextOf: ContextOf, run = runMerge): Command {
  return new Command("merge")
    .description("make one file of a model and LoRA adapters")
    .argument("<model>", "a folder with config.json, a stored model or a GGUF file; F16, BF16 or F32, not quantized")
    .argument("<adapter...>", "a folder of PEFT or a GGUF adapter; ADAPTER:0.5 takes half of it", adapter)
    .requiredOption("-o, --output <file>", "where the result goes")
    .addOption(
      new Option(
        "--type <type>",
        `what the weights are stored as: ${TYPES.join(", ")}; default as they are, or F16`,
      ).argParser((value: string) => value.toUpperCase()),
    )
    .option("--force", "write over the file that is there")
    .option("--accept-license <id>", "accept this license where a policy asks; may be repeated", collect)
    .action((model: string, adapters: readonly AdapterFile[], options: MergeFlags) =>
      run(contextOf(), model, adapters, options),
    );
}

const FIELDS: readonly (keyof Merged)[] = ["path", "architecture", "tensors", "size", "adapters", "license"];

export async function runMerge(
  context: Context,
  model: string,
  adapters: readonly AdapterFile[],
  { output, type, force = false, acceptLicense }: MergeFlags,
): Promise<void> {
  const { world, out } = context;
  out.checkFields(FIELDS);
  if (type !== undefined && !TYPES.includes(type)) {
    throw new OslmError("usage", {
      problem: `oslm does not merge into ${type}`,
      detail: `It writes ${TYPES.join(", ")}; oslm quantize makes smaller ones of the result.`,
      help: `oslm merge ${quoted(model)} ADAPTER -o ${quoted(output)} --type F16`,
    });
  }
  const { merge } = await import("../../app/convert/merge.js");
  const { showConversion } = await import("../show-conversion.js");
  const names = adapters.map(({ path, scale }) => quoted(scale === 1 ? path : `${path}:${scale}`)).join(" ");
  const command = `oslm merge ${quoted(model)} ${names}${type === undefined ? "" : ` --type ${type}`}`;
  const retry = `${command} -o ${quoted(output)}`;
  const gate = { offers: offersOf(context, acceptLicense), consent: askConsent(context, retry) };
  const events = merge(world, {
    ...{ base: model, adapters, output, force, command, gate },
    ...(type !== undefined && { type }),
  });
  const result = await showConversion(context, events, { what: model, doing: "merging" });
  out.note(`Its license, of all parts together: ${result.license}. Run it: oslm run ${quoted(result.path)}`);
  if (out.json) out.document(result, FIELDS);
  else out.line(result.path);
}
