// From the folder of a PEFT adapter to a GGUF file for --lora.
import { checkLora } from "../../convert/adapter/lora.js";
import { planAdapter } from "../../convert/adapter/plan-adapter.js";
import { peftConfigOf, readPeft } from "../../convert/adapter/read-peft.js";
import type { ConvertEvent } from "../../convert/convert.js";
import { OWN_TYPES } from "../../convert/encode.js";
import { generalPairs } from "../../convert/general.js";
import { writeFile } from "../../convert/write-file.js";
import { OslmError } from "../../errors.js";
import { writeHeader } from "../../gguf/write-header.js";
import { quoted } from "../../model/quoted.js";
import { isRepoId } from "../../model/types.js";
import { checkNotRead } from "../quantize/check-not-read.js";
import { roomFor } from "../quantize/room-for.js";
import type { World } from "../world.js";
import { generalFacts } from "./about-checkpoint.js";
import type { Converted, ConvertRequest } from "./convert.js";
import type { FoundCheckpoint } from "./find-checkpoint.js";
import { baseNamed, findBase, namedBy, pathsOf, shapesOf } from "./lora-base.js";

/** @throws OslmError as convertCheckpoint, and wrong-adapter for an adapter of another model than the base */
export async function* convertAdapter(
  world: World,
  found: FoundCheckpoint,
  target: string,
  { from, type, base: asked, force }: ConvertRequest & Required<Pick<ConvertRequest, "type">>,
): AsyncGenerator<ConvertEvent, Converted> {
  if (!OWN_TYPES.some((one) => one === type.label)) {
    throw new OslmError("usage", {
      problem: `oslm does not convert an adapter to ${type.label}`,
      detail: `Small as it is, it can be ${OWN_TYPES.join(", ")}.`,
      help: `oslm convert ${quoted(from)}`,
    });
  }
  const { base: trainedOn } = await peftConfigOf(found.folder);
  const base = await findBase(world, baseNamed(asked, trainedOn, `oslm convert ${quoted(from)}`));
  await checkNotRead(target, pathsOf(base));
  const { architecture, config } = await namedBy(base);
  const lora = await readPeft(found.folder, found.name, architecture, config);
  try {
    const shapes = await shapesOf(base);
    if (shapes !== undefined) checkLora(lora, shapes);
    const said = await generalFacts(world, found);
    // What it adapts, whatever the card says.
    const bases = trainedOn !== undefined && isRepoId(trainedOn) ? [trainedOn] : [];
    const facts = { ...said, baseModels: [...new Set([...said.baseModels, ...bases])] };
    const { metadata, tensors } = planAdapter(lora, generalPairs(facts, {}), type.label);
    const header = writeHeader(metadata, tensors);
    await roomFor(target, header.fileSize);
    const planned = { architecture: architecture.name, tensors: tensors.length };
    yield { kind: "planned", ...planned, bytes: header.fileSize, leftOut: [] };
    const steps = writeFile(header, tensors, { target, fresh: !force, signal: world.signal });
    for await (const progress of steps) yield { kind: "written", ...progress };
    return {
      ...{ path: target, quant: type.label, ...planned, size: header.fileSize, name: facts.name },
      ...{ kind: "adapter", license: facts.license ?? null, source: found.source ?? null },
    };
  } finally {
    await lora.close();
  }
}
