// oslm convert: a GGUF file of a checkpoint as publishers train it.
import { Command } from "commander";
import type { Converted } from "../../app/convert/convert.js";
import type { FileType } from "../../quantize/file-types.js";
import type { Context, ContextOf } from "../context.js";
import { typeOfFile } from "../quantize-flags.js";

interface ConvertFlags {
  readonly output?: string;
  readonly type?: FileType;
  readonly base?: string;
  readonly imatrix?: string;
  readonly force?: boolean;
}

export function makeConvertCommand(contextOf: ContextOf, run = runConvert): Command {
  return new Command("convert")
    .description("make a GGUF file of a checkpoint or of a LoRA adapter")
    .argument(
      "<checkpoint>",
      "a folder with config.json or adapter_config.json, or a repository in the Hugging Face cache",
    )
    .option("-o, --output <file>", "where the file goes; by default into this folder, named after the checkpoint")
    .option(
      "--type <type>",
      "what the weights are stored as: F16, BF16, F32, Q8_0, Q4_K_M ... (default: F16, of an adapter F32)",
      typeOfFile,
    )
    .option("--imatrix <file>", "an importance matrix; the smallest types need one, and all gain by it")
    .option("--base <model>", "of an adapter: the model it is for, a folder or what is stored; default: what it names")
    .option("--force", "write over the file that is there")
    .action((checkpoint: string, options: ConvertFlags) => run(contextOf(), checkpoint, options));
}

const FIELDS: readonly (keyof Converted)[] = [
  "path",
  "kind",
  "quant",
  "architecture",
  "tensors",
  "size",
  "name",
  "license",
  "source",
];

export async function runConvert(
  { world, out }: Context,
  checkpoint: string,
  { output, type, base, imatrix, force = false }: ConvertFlags,
): Promise<void> {
  out.checkFields(FIELDS);
  const { convertCheckpoint } = await import("../../app/convert/convert.js");
  const { showConversion } = await import("../show-conversion.js");
  const events = convertCheckpoint(world, {
    ...{ from: checkpoint, force },
    ...(type !== undefined && { type }),
    ...(base !== undefined && { base }),
    ...(imatrix !== undefined && { imatrix }),
    ...(output !== undefined && { output }),
  });
  const result = await showConversion({ out }, events, { what: checkpoint, doing: "converting" });
  out.note(`Run it: oslm run ${result.kind === "model" ? result.path : `MODEL --lora ${result.path}`}`);
  if (out.json) out.document(result, FIELDS);
  else out.line(result.path);
}
