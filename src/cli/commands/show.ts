// oslm show: what is known of one model, on this disk or on the Hub.
import { Command } from "commander";
import type { ShownImages, ShownModel } from "../../app/stored/show.js";
import { parseRef } from "../../model/ref.js";
import type { ConvertedFrom, LicenseSighting } from "../../model/types.js";
import { formatBytes, formatCount } from "../../ui/format.js";
import { renderRecord } from "../../ui/record.js";
import type { Context, ContextOf } from "../context.js";
import { licenseCell } from "../license/cell.js";

export function makeShowCommand(contextOf: ContextOf, run = runShow): Command {
  return new Command("show")
    .description("describe a model: a stored one by its file, another by its card and the catalog")
    .argument("<model>", "a stored model, a GGUF file, demo, a catalog name, or a repository on the Hub")
    .action((model: string) => run(contextOf(), model));
}

export async function runShow({ world, out }: Context, name: string): Promise<void> {
  const { FIELDS, showModel } = await import("../../app/stored/show.js");
  const model = await showModel(world, parseRef(name, { hub: world.endpoint }));
  if (!model.stored) return (await import("../show-remote.js")).showRemoteModel(model, out);
  if (out.json) return out.document(model, FIELDS);
  if (out.mode.kind === "quiet") return out.line(model.path);
  const { license, estimate } = model;
  const text = renderRecord(
    [
      ["name", model.name],
      ["given by", model.givenBy],
      ["repository", model.repo],
      ["commit", model.commit],
      ["made from", madeFrom(model.converted)],
      ["architecture", model.architecture],
      ["parameters", formatCount(model.parameters)],
      ["quantization", model.quant],
      ["size", formatBytes(model.size)],
      ["context", `${model.ctxTrain} tokens`],
      ["chat template", templateCell(model)],
      ["tools", model.chatTemplate ? yesOrNo(model.tools) : null],
      ["thinking", model.chatTemplate ? yesOrNo(model.thinking) : null],
      ["images", sayImages(model.images)],
      ["memory", `${formatBytes(estimate.total)} at a context of ${estimate.ctx}`],
      ["fits", model.obstacle === null ? null : `no: ${model.obstacle}`],
      ["license", license === null ? "unknown" : licenseCell(license)],
      ["seen in", seenIn(model.licenseEvidence)],
      ["base models", model.baseModels.length > 0 ? model.baseModels.join(", ") : null],
      ["openness", model.openness],
      ["path", model.path, "whole"],
    ],
    out.terminal,
  );
  out.terminal.stdout.write(text);
}

const yesOrNo = (holds: boolean): string => (holds ? "yes" : "no");

function templateCell({ chatTemplate, knownTemplate, templateError, stop }: ShownModel): string {
  if (!chatTemplate) return "no: a base model, it continues text";
  if (templateError !== null) return `broken: ${templateError}`;
  if (knownTemplate === null) return "yes";
  return `${knownTemplate}, known for this model; an answer ends before ${stop.map((text) => JSON.stringify(text)).join(" or ")}`;
}

function sayImages(images: ShownImages | null): string | null {
  if (images === null) return null;
  const { kind, weights, tokens } = images;
  const each = tokens === null ? "" : `, ${tokens} tokens for each`;
  return `yes, with --image: projector ${kind}, ${formatBytes(weights)}${each}`;
}

function madeFrom(converted: ConvertedFrom | null): string | null {
  if (converted === null) return null;
  const { files, oslm, engine } = converted;
  return `its checkpoint of ${files.length} files, by oslm ${oslm} and llama.cpp ${engine}`;
}

function seenIn(evidence: readonly LicenseSighting[]): string | null {
  const places = evidence.map(({ source, value, agrees }) => `${source}: ${value}${agrees ? "" : " (differs)"}`);
  return places.length > 0 ? places.join(", ") : null;
}
