// `oslm quantize --compare`: what a smaller file of a model has lost.
import type { Comparison } from "../app/quantize/compare-models.js";
import { OslmError } from "../errors.js";
import { quoted } from "../model/quoted.js";
import { parseRef } from "../model/ref.js";
import { formatBytes } from "../ui/format.js";
import { renderRecord } from "../ui/record.js";
import { askConsent } from "./ask-consent.js";
import type { Context } from "./context.js";
import { follow } from "./follow.js";
import { offersOf } from "./license/offers.js";
import { readTextFile } from "./read-text.js";

const FIELDS: readonly (keyof Comparison)[] = ["source", "quantized", "tokens", "kld", "perplexity", "sameTop"];
const DEFAULT_TOKENS = 8192;

export async function compare(
  context: Context,
  source: string,
  quantized: string | undefined,
  {
    text,
    tokens = DEFAULT_TOKENS,
    acceptLicense,
  }: { readonly text?: string; readonly tokens?: number; readonly acceptLicense?: readonly string[] },
): Promise<void> {
  const { world, out } = context;
  if (quantized === undefined) {
    throw new OslmError("usage", {
      problem: "two files are compared, and one is named",
      detail: "The second is what was made of the first.",
      help: `oslm quantize --compare ${quoted(source)} QUANTIZED`,
    });
  }
  out.checkFields(FIELDS);
  const { compareModels, DEFAULT_TEXT } = await import("../app/quantize/compare-models.js");
  const { CountProgress } = await import("../ui/count-progress.js");
  const [first, second] = [source, quantized].map((name) => parseRef(name, { hub: world.endpoint }));
  if (first === undefined || second === undefined) return;
  const read = await readTextFile(text ?? DEFAULT_TEXT);
  const retry = `oslm quantize --compare ${quoted(source)} ${quoted(quantized)}`;
  const gate = { offers: offersOf(context, acceptLicense), consent: askConsent(context, retry) };
  const events = compareModels(world, { source: first, quantized: second, text: read, tokens, gate });
  let progress: InstanceType<typeof CountProgress> | undefined;
  const result = await follow(events, ({ total }) => {
    progress ??= new CountProgress(out, total);
    progress.add(1);
  }).finally(() => progress?.stop());
  if (out.json) return out.document(result, FIELDS);
  if (out.mode.kind === "quiet") return out.line(String(result.kld.mean));
  out.terminal.stdout.write(renderRecord(rowsOf(result), out.terminal));
}

function rowsOf({ source, quantized, tokens, kld, perplexity, sameTop }: Comparison): [string, string][] {
  return [
    ["source", `${source.ref}, ${formatBytes(source.size)}`],
    ["compared", `${quantized.ref}, ${formatBytes(quantized.size)}`],
    ["tokens", String(tokens)],
    ["divergence", `${kld.mean} nats per token, give or take ${kld.error}`],
    ["spread", `median ${kld.median}, 99 % below ${kld.p99}, at most ${kld.max}`],
    ["perplexity", `${perplexity.quantized}; of the source ${perplexity.source}; ${perplexity.ratio} times that`],
    ["same choice", `${(sameTop * 100).toFixed(1)} % of the tokens`],
  ];
}
