// Header values that end the process when they reach llama.cpp: it asserts where it should refuse. Found by loading
// altered files in child processes (zero or absurd layers, zero width, zero heads) and by reading load_hparams of v0.5.0.
import type { ArchitectureKeys } from "./keys.js";

/** LLAMA_MAX_LAYERS and LLAMA_MAX_EXPERTS. */
const MAX_LAYERS = 512;
const MAX_EXPERTS = 1024;
/** Far above any model, far below where products of sizes lose precision. */
const MAX_WIDTH = 1 << 20;
const ROPE_SCALINGS = ["none", "linear", "yarn", "longrope"];

/** Checks that every number the engine asserts on is sane; throws `malformed-gguf`. */
export function checkGeometry(keys: ArchitectureKeys): void {
  const prefix = keys.architecture;
  const layers = keys.required("block_count");
  if (layers < 1 || layers > MAX_LAYERS) keys.fail(`${prefix}.block_count is ${layers}, not 1 to ${MAX_LAYERS}`);
  const width = keys.required("embedding_length");
  if (width < 1 || width > MAX_WIDTH) keys.fail(`${prefix}.embedding_length is ${width}, not 1 to ${MAX_WIDTH}`);
  const predicted = keys.integer("nextn_predict_layers") ?? 0;
  if (predicted > layers) keys.fail(`${prefix}.nextn_predict_layers is ${predicted}, more than the ${layers} layers`);
  checkExperts(keys, layers);
  const scaling = keys.text("rope.scaling.type");
  if (scaling !== undefined && !ROPE_SCALINGS.includes(scaling)) {
    keys.fail(`${prefix}.rope.scaling.type is ${JSON.stringify(scaling.slice(0, 40))}, which llama.cpp does not know`);
  }
}

function checkExperts(keys: ArchitectureKeys, layers: number): void {
  const prefix = keys.architecture;
  const experts = keys.integer("expert_count") ?? 0;
  const used = Math.max(0, ...(keys.perLayer("expert_used_count", layers) ?? []));
  const groups = keys.integer("expert_group_count") ?? 0;
  const groupsUsed = keys.integer("expert_group_used_count") ?? 0;
  if (experts > MAX_EXPERTS) keys.fail(`${prefix}.expert_count is ${experts}, more than ${MAX_EXPERTS}`);
  if (prefix.startsWith("hunyuan") && experts <= 1) return;
  if (used > experts || (experts > 0 && used === 0)) {
    keys.fail(`${prefix}.expert_used_count is ${used} of ${experts} experts`);
  }
  const grouped = groups > 1 && (experts % groups !== 0 || groupsUsed === 0 || groupsUsed >= groups);
  if ((experts === 0 && groups > 0) || (experts > 0 && groups >= experts) || grouped) {
    keys.fail(`${prefix}.expert_group_count of ${groups} does not suit ${experts} experts`);
  }
}
