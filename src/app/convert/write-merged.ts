// The file of a merge: of a GGUF model tensor by tensor, of a checkpoint by converting it.
import { basename } from "node:path";
import { addLora } from "../../convert/adapter/add-lora.js";
import { type ConvertEvent, convert } from "../../convert/convert.js";
import { type GeneralFacts, generalPairs } from "../../convert/general.js";
import { mergeGguf } from "../../convert/merge-gguf.js";
import type { Bytes } from "../../model/types.js";
import { fileSource } from "../../store/file-source.js";
import { roomFor } from "../quantize/room-for.js";
import type { World } from "../world.js";
import { aboutCheckpoint, generalFacts } from "./about-checkpoint.js";
import type { FoundBase } from "./lora-base.js";
import type { OpenAdapter } from "./open-adapter.js";

export interface MergedFile {
  readonly target: string;
  readonly fresh: boolean;
  readonly license: string;
  readonly type: string | undefined;
}

/** Writes the whole model, each matrix with what the adapters add to it. */
export async function* writeMerged(
  world: World,
  base: FoundBase,
  adapters: readonly OpenAdapter[],
  { target, fresh, license, type }: MergedFile,
): AsyncGenerator<ConvertEvent> {
  const change = (planned: Parameters<typeof addLora>[0]) =>
    adapters.reduce((tensors, { lora, scale }) => addLora(tensors, lora, scale), planned);
  const reserve = (need: Bytes) => roomFor(target, need);
  const writing = { target, fresh, signal: world.signal, reserve };
  const name = basename(target).replace(/\.gguf$/i, "");
  if (base.kind === "gguf") {
    const parts = await Promise.all(
      base.model.paths.map(async (path, i) => {
        const header = base.read.headers[i];
        if (header === undefined) throw new Error(`${path} was not read`);
        return { header, source: await fileSource(path) };
      }),
    );
    const origin = base.model.stored?.repo ?? String(base.read.header.metadata.get("general.name") ?? "");
    const metadata = generalPairs({ name, license, baseModels: basesOf([origin], adapters) }, {});
    const options = { ...writing, change, metadata, without: ANOTHER, ...(type !== undefined && { type }) };
    yield* mergeGguf(parts, options);
    return;
  }
  const { folder, source, name: origin } = base.found;
  const { licenseLink } = await generalFacts(world, base.found);
  const facts: GeneralFacts = {
    ...{ name, license, baseModels: basesOf([source?.repo ?? origin], adapters) },
    ...(licenseLink !== undefined && { licenseLink }),
  };
  yield* convert(folder, {
    ...{ ...writing, type: type ?? "F16" },
    ...(await aboutCheckpoint(folder, facts)),
    change,
  });
}

/** What is said of the base, and not of what comes of it. */
const ANOTHER = /^general\.(license|base_model|source|url|repo_url|doi|uuid|version|finetune|quantized_by)(\.|$)/;

const basesOf = (origins: readonly string[], adapters: readonly OpenAdapter[]): readonly string[] =>
  [
    ...new Set([
      ...origins,
      ...adapters.map(({ judged, lora }) => (judged.ref.startsWith("/") ? lora.file : judged.ref)),
    ]),
  ].filter((name) => name !== "");
