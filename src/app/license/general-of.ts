// What the header of a GGUF file says of the whole: of a model, or of an adapter, which is no model but under a license as well.
import { basename } from "node:path";
import { type GeneralKeys, generalKeys } from "../../gguf/geometry.js";
import { readHeader } from "../../gguf/header.js";
import { fileSource } from "../../store/file-source.js";
import type { LocalModel } from "../run/local-model.js";
import { readModel } from "../run/read-model.js";

/** @throws OslmError malformed-gguf */
export async function generalOf(local: Pick<LocalModel, "paths">): Promise<GeneralKeys> {
  const [path] = local.paths;
  const header = await readHeader(await fileSource(path), { name: basename(path) });
  if (header.metadata.get("general.type") === "adapter") return generalKeys(header);
  return (await readModel(local)).geometry.general;
}
