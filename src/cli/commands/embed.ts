// oslm embed: vectors of texts.
import { once } from "node:events";
import { Command, Option } from "commander";
import { OslmError } from "../../errors.js";
import { quoted } from "../../model/quoted.js";
import { parseRef } from "../../model/ref.js";
import type { Context, ContextOf } from "../context.js";
import { collect, quant, tokens } from "../flags.js";
import { readTexts } from "../read-texts.js";
import { sayForced } from "../say-forced.js";
import { warnOfContext } from "../warn-context.js";

export interface EmbedOptions {
  readonly format: "json" | "jsonl" | "raw";
  readonly normalize: boolean;
  readonly truncate?: boolean;
  readonly ctx?: number;
  readonly quant?: string;
  readonly force?: boolean;
  readonly acceptLicense?: readonly string[];
}

export function makeEmbedCommand(contextOf: ContextOf, run = runEmbed): Command {
  return new Command("embed")
    .description("make vectors of texts")
    .argument("<model>", "what to run; pulled first when it is not on this disk")
    .argument("[text]", "the text; without it each line of what is piped in is one")
    .addOption(
      new Option(
        "--format <form>",
        "a document, a line for each vector, or float32 little endian without anything else",
      )
        .choices(["json", "jsonl", "raw"])
        .default("json"),
    )
    .option("--no-normalize", "vectors as they come from the model, not of length 1")
    .option("--truncate", "cut texts that are too long, and say so")
    .option("-c, --ctx <tokens>", "the longest text; default 2048 or the model's own if smaller", tokens)
    .option("--quant <type>", "this quantization of the model", quant)
    .option("--force", "go on although it does not fit: every other check stays; may fail or be slow")
    .option("--accept-license <id>", "accept this license when pulling; may be repeated", collect)
    .action((model: string, text: string | undefined, options: EmbedOptions) => run(contextOf(), model, text, options));
}

export async function runEmbed(
  context: Context,
  model: string,
  argument: string | undefined,
  options: EmbedOptions,
): Promise<void> {
  const { world, out } = context;
  const ref = parseRef(model, { hub: world.endpoint });
  const { format } = options;
  if (out.json && format !== "json") {
    throw new OslmError("usage", {
      problem: `--json asks for one document, and --format ${format} for something else`,
      detail: "Both say what stdout holds.",
      help: `oslm embed ${model} --format ${format}`,
    });
  }
  if (format === "raw" && out.terminal.stdoutTty) {
    throw new OslmError("usage", {
      problem: "raw vectors are no text for a terminal",
      detail: "They are bytes, four for each number.",
      help: `oslm embed ${model} --format raw > vectors.f32`,
    });
  }
  out.checkFields(FIELDS);
  const texts = await readTexts(argument, out.terminal, model, (news) => out.note(news));
  const { ensureModel } = await import("../ensure-model.js");
  const { normalize, openEmbedder, tokensOf } = await import("../../app/run/embed.js");
  const local = await ensureModel(context, ref, options);
  const embedder = await openEmbedder(world, local, {
    ...options,
    onForced: sayForced(out),
    command: (name) => `oslm embed ${quoted(name)}`,
  });
  try {
    warnOfContext(out, [embedder.ctx], embedder.trainedFor);
    for (const reason of embedder.reasons) out.verbose(reason);
    if (embedder.makeshift) {
      out.warn(`${local.ref} was made to write, not for vectors: the state of its last token is taken`);
    }
    const { all, cut } = tokensOf(embedder, texts, options.truncate ?? false);
    // The document says it in numbers.
    for (const { line, tokens: had, kept } of out.json ? [] : cut)
      out.warn(`text ${line} is cut: ${kept} of its ${had} tokens are left`);
    const vectors: Float32Array[] = [];
    let promptTokens = 0;
    for (const [index, one] of all.entries()) {
      world.signal.throwIfAborted();
      const vector = await embedder.embed(one, world.signal);
      const made = options.normalize ? normalize(vector) : vector;
      promptTokens += one.length + embedder.marks;
      if (format === "json") vectors.push(made);
      else await write(context, format, index, made);
    }
    if (format !== "json") return;
    const document = {
      ...(out.wants("model") && {
        model: { ref: local.ref, commit: local.stored?.commit ?? null, sha256: await local.sha256() },
      }),
      dimensions: vectors[0]?.length ?? 0,
      pooling: embedder.pooling,
      normalized: options.normalize,
      ...(cut.length > 0 && { truncated: cut }),
      usage: { promptTokens },
      embeddings: vectors.map(numbers),
    };
    show(context, document);
  } finally {
    await embedder.dispose();
  }
}

const FIELDS = ["model", "dimensions", "pooling", "normalized", "truncated", "usage", "embeddings"] as const;

/** Vectors are long: without --json, whose documents are laid out, all is on one line. */
function show({ out }: Context, document: object): void {
  if (out.json) out.document(document, FIELDS);
  else out.line(JSON.stringify(document));
}

async function write({ out }: Context, format: "jsonl" | "raw", index: number, vector: Float32Array): Promise<void> {
  const { stdout } = out.terminal;
  const piece = format === "raw" ? bytesOf(vector) : `${JSON.stringify({ index, embedding: numbers(vector) })}\n`;
  // Waits for whoever reads.
  if (!stdout.write(piece)) await once(stdout, "drain");
}

/** Nine digits tell every float32 from its neighbors. */
function numbers(vector: Float32Array): number[] {
  return Array.from(vector, (value) => Number(value.toPrecision(9)));
}

function bytesOf(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(4 * vector.length);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, 4 * index);
  return bytes;
}
