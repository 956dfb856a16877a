// The license of a GGUF file by what it says of itself.
import { basename } from "node:path";
import { type GeneralKeys, generalKeys } from "../gguf/geometry.js";
import { readHeader } from "../gguf/header.js";
import type { GgufHeader } from "../gguf/values.js";
import type { AdapterFile } from "../runtime/engine.js";
import { fileSource } from "../store/file-source.js";
import { judgeHeader } from "./file-license.js";
import { absolutePath, type LocalModel } from "./local-model.js";
import { hasRules, type JudgedLocal, type LocalGate, passRules } from "./local-policy.js";
import { readModel } from "./read-model.js";
import type { World } from "./world.js";

export async function judgeGguf(world: World, header: GgufHeader, path: string): Promise<JudgedLocal> {
  const policy = await world.policy();
  const general = generalKeys(header);
  return {
    ...{ ref: basename(path), url: path },
    subject: { subject: path, commit: null, textSha256: undefined },
    judge: (accepted) => judgeHeader(general, { accepted, policy }),
  };
}

/**
 * The rules of a policy hold for what is added to a model as for the model itself.
 * @throws OslmError malformed-gguf, and as `passRules`; of an adapter that is not there whoever loads it tells
 */
export async function passAdapters(world: World, adapters: readonly AdapterFile[], gate: LocalGate): Promise<void> {
  if (adapters.length === 0 || !(await hasRules(world))) return;
  for (const { path } of adapters) {
    const place = absolutePath(world, path);
    const source = await fileSource(place).catch(() => undefined);
    if (source === undefined) continue;
    const header = await readHeader(source, { name: basename(place) });
    await passRules(world, await judgeGguf(world, header, place), gate);
  }
}

/** Of a model or an adapter, which is no model but under a license as well. @throws OslmError malformed-gguf */
export async function generalOf(local: Pick<LocalModel, "paths">): Promise<GeneralKeys> {
  const [path] = local.paths;
  const header = await readHeader(await fileSource(path), { name: basename(path) });
  if (header.metadata.get("general.type") === "adapter") return generalKeys(header);
  return (await readModel(local)).geometry.general;
}
