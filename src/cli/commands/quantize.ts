// oslm quantize: a smaller file of a model that is here.
import { Command, Option } from "commander";
import type { Quantized, QuantizeRequest } from "../../app/quantize/quantize.js";
import { OslmError } from "../../errors.js";
import type { Preference } from "../../fit/preferences.js";
import { quoted } from "../../model/quoted.js";
import { parseRef } from "../../model/ref.js";
import type { FileType } from "../../quantize/file-types.js";
import { formatBytes } from "../../ui/format.js";
import type { Output } from "../../ui/output.js";
import { askConsent } from "../ask-consent.js";
import type { Context, ContextOf } from "../context.js";
import { collect, number, tokens } from "../flags.js";
import { follow } from "../follow.js";
import { offersOf } from "../license/offers.js";
import { type TensorRule, tensorRule, typeOfFile, typeOfTensor } from "../quantize-flags.js";

export interface QuantizeOptions {
  readonly output?: string;
  readonly toFit?: boolean;
  readonly prefer?: Preference;
  readonly ctx?: number;
  readonly imatrix?: string;
  readonly tensorType?: readonly TensorRule[];
  readonly outputType?: number;
  readonly embeddingType?: number;
  readonly leaveOutput?: boolean;
  readonly allowRequantize?: boolean;
  readonly pure?: boolean;
  readonly threads?: number;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly compare?: boolean;
  readonly text?: string;
  readonly tokens?: number;
  readonly acceptLicense?: readonly string[];
}

export function makeQuantizeCommand(contextOf: ContextOf, run = runQuantize): Command {
  return new Command("quantize")
    .description("make a smaller file of a model on this disk")
    .argument("<model>", "a stored model, or a GGUF file: F16, BF16 or F32 give the best result")
    .argument("[type]", "what to make of it, such as Q4_K_M; with --compare the smaller file")
    .option("-o, --output <file>", "where the result goes; of a stored model by default into this folder")
    .option("--to-fit", "take the best type that fits this machine")
    .addOption(
      new Option("--prefer <what>", "with --to-fit: what `oslm pull` would prefer").choices([
        "balanced",
        "quality",
        "speed",
        "context",
      ]),
    )
    .option("-c, --ctx <tokens>", "with --to-fit: the context that has to fit as well", tokens)
    .option("--imatrix <file>", "an importance matrix; the smallest types need one, and all gain by it")
    .option("--tensor-type <pattern=type>", "another type for tensors of such names; may be repeated", tensorRule)
    .option("--output-type <type>", "the type of output.weight", typeOfTensor)
    .option("--embedding-type <type>", "the type of token_embd.weight", typeOfTensor)
    .option("--leave-output", "leave output.weight as it is")
    .option("--pure", "all tensors of the one type, without the usual mixture")
    .option("--allow-requantize", "also what is quantized already: its loss is added")
    .option("--threads <count>", "default: all processors", number(1, 512, true))
    .option("--dry-run", "only say what would be made, with its exact size")
    .option("--force", "write over the file that is there")
    .option("--accept-license <id>", "accept this license of the model; may be repeated", collect)
    .option("--compare", "instead: measure what a smaller file has lost against MODEL, on a text")
    .option("--text <file>", "with --compare: the text; by default oslm's README, which is English")
    .option("--tokens <count>", "with --compare: read so many tokens of it at most; default 8192", tokens)
    .hook("preAction", (quantize) => refuseOthers(quantize))
    .action((model: string, type: string | undefined, options: QuantizeOptions) =>
      run(contextOf(), model, type, options),
    );
}

const OF_COMPARE: readonly (string | undefined)[] = ["--compare", "--text", "--tokens"];
const OF_BOTH: readonly (string | undefined)[] = ["--accept-license"];

/** Making and measuring have no flags in common. */
function refuseOthers(command: Command): void {
  const given = command.options.filter((flag) => command.getOptionValueSource(flag.attributeName()) === "cli");
  const compares = given.some(({ long }) => long === "--compare");
  const wrong = given.find(({ long }) => !OF_BOTH.includes(long) && OF_COMPARE.includes(long) !== compares);
  if (wrong === undefined) return;
  throw new OslmError("usage", {
    problem: compares ? `--compare makes no file, and takes no ${wrong.long}` : `${wrong.long} goes with --compare`,
    detail: "It would change nothing.",
    help: "oslm quantize --compare SOURCE QUANTIZED --text FILE",
  });
}

const FIELDS: readonly (keyof Quantized)[] = [
  "ref",
  "source",
  "quant",
  "path",
  "size",
  "bitsPerWeight",
  "tensors",
  "fallbacks",
  "imatrix",
  "imatrixTensors",
  "reasons",
  "dryRun",
];

export async function runQuantize(
  context: Context,
  model: string,
  type: string | undefined,
  options: QuantizeOptions,
): Promise<void> {
  const { world, out } = context;
  if (options.compare) return (await import("../show-comparison.js")).compare(context, model, type, options);
  out.checkFields(FIELDS);
  const request = requestOf(model, type === undefined ? undefined : typeOfFile(type), options, context);
  const { quantize } = await import("../../app/quantize/quantize.js");
  const { createProgress } = await import("../../ui/progress.js");
  const progress = createProgress(out);
  const shown = request.output ?? model;
  let begun = false;
  let result: Quantized;
  try {
    result = await follow(quantize(world, request), (event) => {
      if (event.type === "planned") return sayPlan(event, out);
      if (!begun) progress.start(shown, 0, event.total, "quantizing");
      begun = true;
      progress.update(shown, event.bytes);
    });
    if (begun) progress.finish(shown, "written");
  } finally {
    progress.stop();
  }
  if (out.json) out.document(result, FIELDS);
  else if (result.path !== null && !result.dryRun) out.line(result.path);
  else if (out.mode.kind === "human") out.line(`${result.quant}\t${result.size}`);
}

function requestOf(
  model: string,
  type: FileType | undefined,
  { tensorType = [], toFit = false, prefer, ctx, acceptLicense, ...options }: QuantizeOptions,
  context: Context,
): QuantizeRequest {
  const wishes = { ...(prefer && { prefer }), ...(ctx && { ctx }) };
  if (toFit === (type !== undefined)) {
    throw new OslmError("usage", {
      problem: toFit ? "--to-fit chooses the type, and one was named" : "what shall it be quantized to?",
      detail: "Either a type is named, or --to-fit finds the best one for this machine.",
      help: `oslm quantize ${quoted(model)} ${toFit ? "--to-fit" : "Q4_K_M   or   --to-fit"}`,
    });
  }
  if (!toFit && (prefer !== undefined || ctx !== undefined)) {
    throw new OslmError("usage", {
      problem: `${prefer === undefined ? "--ctx" : "--prefer"} goes with --to-fit`,
      detail: "A type that is named is taken as it is.",
      help: `oslm quantize ${quoted(model)} --to-fit`,
    });
  }
  const command = `oslm quantize ${quoted(model)} ${type?.label ?? "--to-fit"}`;
  const retry = options.output === undefined ? command : `${command} -o ${quoted(options.output)}`;
  const { leaveOutput = false, allowRequantize = false, pure = false, dryRun = false, force = false } = options;
  return {
    ...options,
    ...{ leaveOutput, allowRequantize, pure, dryRun, force, tensorTypes: tensorType },
    ref: parseRef(model, { hub: context.world.endpoint }),
    to: type ?? wishes,
    command,
    gate: { offers: offersOf(context, acceptLicense), consent: askConsent(context, retry) },
  };
}

function sayPlan(plan: Quantized, out: Output): void {
  const { source, quant, size, bitsPerWeight, fallbacks, reasons, tensors, imatrixTensors: matrix } = plan;
  for (const reason of reasons) out.note(reason);
  const types = tensors.map(({ type, count }) => `${count} ${type}`).join(", ");
  out.note(
    `${quant}: ${formatBytes(source.size)} becomes ${formatBytes(size)}, ${bitsPerWeight} bits per weight (${types})`,
  );
  if (fallbacks > 0) {
    out.note(
      `${fallbacks} of its tensors have rows that are no whole number of blocks of their type: they got another one`,
    );
  }
  if (matrix !== null && matrix.known < matrix.of) {
    out.note(`the importance matrix knows ${matrix.known} of the ${matrix.of} tensors that are made smaller`);
  }
}
