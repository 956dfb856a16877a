// Where a folder says how its weights are packed.
import { CONFIG_FILE } from "../config.js";
import type { Folder } from "../folder.js";
import { isObject, type JsonObject, readJson } from "../read-json.js";
import { type Quantization, readQuantization } from "./quantization.js";

/** Of tools that came before `quantization_config`: AutoGPTQ and AutoAWQ. */
const OWN_FILES = ["quantize_config.json", "quant_config.json"];

/**
 * Undefined where nothing is said of it.
 * @throws OslmError malformed-checkpoint, and unsupported-checkpoint for a packing that is not known
 */
export async function quantizationOf(folder: Folder): Promise<Quantization | undefined> {
  const bytes = await folder.read(CONFIG_FILE);
  const said = bytes === null ? undefined : inConfig(readJson(CONFIG_FILE, bytes));
  if (said !== undefined) return readQuantization(said);
  for (const name of OWN_FILES) {
    const own = await folder.read(name);
    if (own !== null) return readQuantization(readJson(name, own));
  }
  return undefined;
}

function inConfig(config: JsonObject): JsonObject | undefined {
  const text = isObject(config.text_config) ? config.text_config : {};
  return [config.quantization_config, config.compression_config, text.quantization_config].find(isObject);
}
