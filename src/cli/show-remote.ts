// A model that is not stored, as its card, its listing and the catalog describe it.
import type { RemoteModel } from "../app/names/show-remote.js";
import type { Benchmark } from "../hub/decode-facts.js";
import { formatBytes, formatCount } from "../ui/format.js";
import type { Output } from "../ui/output.js";
import { type Field, renderRecord } from "../ui/record.js";
import { licenseCell } from "./license/cell.js";

/** Of the publisher's claims so many are shown; all of them are in --json. */
const MOST_BENCHMARKS = 12;

export function showRemoteModel(model: RemoteModel, out: Output): void {
  const { name, repo } = model;
  if (out.json) {
    out.document(model, Object.keys(model));
    return;
  }
  if (out.mode.kind === "quiet") {
    out.line(repo);
    return;
  }
  out.terminal.stdout.write(renderRecord([...aboutModel(model), ...aboutFiles(model)], out.terminal));
  if (model.cardMissing === "card-too-large") {
    out.warn(`the model card is too large to be read here; where to read it: oslm card ${name}`);
  } else if (model.cardMissing !== null) out.warn(`the model card could not be read (${model.cardMissing})`);
  if (!out.terminal.stdoutTty) return;
  out.note(
    `Exact memory: oslm fit ${name}; evidence on the license: oslm license ${name}; the card: oslm card ${name}`,
  );
  if (model.obstacle === null) out.note(`Get it: oslm pull ${name}`);
}

function aboutModel(model: RemoteModel): Field[] {
  return [
    ["name", model.name],
    ["given by", model.givenBy],
    ["repository", model.repo],
    ["commit", model.commit],
    ["stored", "no: this is what the Hub says of it"],
    ["task", model.pipeline],
    ["architecture", model.architecture],
    ["parameters", parameters(model)],
    ["context", model.ctxTrain === null ? null : `${model.ctxTrain} tokens`],
    ["languages", list(model.languages)],
    ["training data", list(model.datasets)],
    ...model.stated.map(({ about, line, text }): Field => [WORDS[about], `README.md line ${line}: "${text}"`]),
    ...benchmarks(model.benchmarks),
    ["license", license(model)],
    ["expected", expected(model)],
    ["openness", model.openness],
    ["gated", model.gated === false ? null : `${model.gated}: its page asks for consent`],
    ["base models", lineage(model)],
    ["chat template", template(model)],
  ];
}

function aboutFiles(model: RemoteModel): Field[] {
  const { quantizations, estimate } = model;
  return [
    ...quantizations.map((one): Field => ["quantization", quantization(one, model)]),
    ["checkpoint", model.isCheckpoint ? "no GGUF files: a pull converts it here, sizes are estimates" : null],
    ["memory", estimate === null ? null : `~${formatBytes(estimate.total)} at a context of ${estimate.ctx}`],
    ["fits", fits(model)],
  ];
}

const WORDS = { "knowledge-cutoff": "knowledge cutoff", "training-data": "trained on" } as const;

function parameters({ parameters: count, parametersFrom }: RemoteModel): string | null {
  if (count === null) return null;
  const from = { hub: "", catalog: " (by the catalog)", "file-size": " (by the size of the files)" } as const;
  return `${parametersFrom === "file-size" ? "~" : ""}${formatCount(count)}${from[parametersFrom ?? "hub"]}`;
}

function list(texts: readonly string[]): string | null {
  return texts.length === 0 ? null : texts.join(", ");
}

function benchmarks(all: readonly Benchmark[]): Field[] {
  const rows = all.slice(0, MOST_BENCHMARKS).map(({ dataset, metric, value, verified }): Field => {
    const figure = typeof value === "number" ? Number(value.toPrecision(4)) : value;
    return ["benchmark", `${dataset}, ${metric}: ${figure} (${verified ? "verified by the Hub" : "claimed"})`];
  });
  return all.length > rows.length ? [...rows, ["benchmark", `and ${all.length - rows.length} more in --json`]] : rows;
}

function license({ license: terms, licenseFrom }: RemoteModel): string {
  return `${licenseCell(terms)}, ${licenseFrom === "card" ? "as declared: no text was looked at" : "by the evidence that was looked at"}`;
}

/** Said only where it is another than what the Hub says. */
function expected({ license: { id }, licenseExpected }: RemoteModel): string | null {
  return licenseExpected === null || licenseExpected === id ? null : `${licenseExpected}, by the catalog`;
}

function lineage({ baseModels, baseRelation }: RemoteModel): string | null {
  if (baseModels.length === 0) return null;
  return `${baseModels.join(", ")}${baseRelation === null ? "" : ` (${baseRelation})`}`;
}

function template({ template: known }: RemoteModel): string | null {
  if (known === null) return null;
  return `yes; tools: ${known.tools ? "yes" : "no"}; thinking: ${known.thinking ? "yes" : "no"}`;
}

function quantization(one: RemoteModel["quantizations"][number], { quant, sizesAreEstimates }: RemoteModel): string {
  const fit =
    one.memory === null
      ? "memory unknown"
      : `${one.fits ? "~fits" : "~does not fit"}, needs ~${formatBytes(one.memory)}`;
  const taken = one.quant === quant ? "; a pull takes this one" : "";
  return `${one.quant}  ${sizesAreEstimates ? "~" : ""}${formatBytes(one.size)}  ${fit}${taken}`;
}

function fits({ fits: known, quant, geometry, obstacle }: RemoteModel): string | null {
  if (obstacle !== null) return `no: ${obstacle}`;
  if (known === null) return null;
  const basis = geometry === "catalog" ? "by the catalog's layers" : "by the usual layers of such a model";
  return known ? `~yes, as ${quant}, ${basis}` : `~no, ${basis}`;
}
