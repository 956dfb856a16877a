// Header values that end the process when they reach llama.cpp: it asserts (once: divides) where it should refuse. Found by reading
// load_hparams and create_memory of v0.5.0, and each seen to abort by loading a small altered file in a child process.
// No proof that there are no others: whoever loads a stranger's file natively still does well to do it in a child.
import type { ArchitectureKeys } from "./keys.js";
import type { LayerKind } from "./recurrent.js";

/** LLAMA_MAX_LAYERS and LLAMA_MAX_EXPERTS. */
const MAX_LAYERS = 512;
const MAX_EXPERTS = 1024;
/** Far above any model, far below where products of sizes lose precision. */
const MAX_WIDTH = 1 << 20;
/** Their expert layers have shared experts too, whose width is this count times that of one expert (src/models/, create_tensor). */
const SHARING_EXPERTS = new Set([
  ...["bailingmoe", "deepseek", "deepseek2", "deepseek2-ocr", "deepseek32", "deepseek4"],
  ...["dots1", "dots3note", "glm-dsa", "hy_v4", "minimax-m3"],
]);
/** One tensor holds their queries, keys and values, whose size says nothing of the heads; computing asserts that these are equally wide. */
const FUSED_HEADS = new Set(["bloom", "dbrx", "falcon", "gpt2", "gptneox", "jais", "mpt", "starcoder"]);
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
  checkNumbers(keys);
  const scaling = keys.text("rope.scaling.type");
  if (scaling !== undefined && !ROPE_SCALINGS.includes(scaling)) {
    keys.fail(`${prefix}.rope.scaling.type is ${JSON.stringify(scaling.slice(0, 40))}, which llama.cpp does not know`);
  }
}

/** The engine takes any number that the file gives, and asserts on some when it computes. */
function checkNumbers(keys: ArchitectureKeys): void {
  const prefix = `${keys.architecture}.`;
  for (const [key, value] of keys.header.metadata) {
    if (!key.startsWith(prefix) || typeof value !== "number") continue;
    if (Number.isNaN(value)) keys.fail(`${key} is not a number`);
    // llama-graph.cpp, llm_graph_input_attn_temp: of the two that deepseek2 reads, one is no use without the other.
    if (
      key === "deepseek2.attention.temperature_scale" &&
      value !== 0 &&
      !keys.integer("attention.temperature_length")
    ) {
      keys.fail(`${key} is ${value} without a temperature_length`);
    }
    // ggml-cpu/ops.cpp: eps >= 0.0f
    if (key.endsWith("_epsilon") && value < 0) keys.fail(`${key} is ${value}, below 0`);
  }
}

function checkExperts(keys: ArchitectureKeys, layers: number): void {
  const prefix = keys.architecture;
  const experts = keys.integer("expert_count") ?? 0;
  const used = Math.max(0, ...(keys.perLayer("expert_used_count", layers) ?? []));
  const groups = keys.integer("expert_group_count") ?? 0;
  const groupsUsed = keys.integer("expert_group_used_count") ?? 0;
  const dense = keys.integer("leading_dense_block_count") ?? 0;
  if (SHARING_EXPERTS.has(prefix) && dense < layers) {
    if (keys.integer("expert_shared_count") === 0) keys.fail(`${prefix}.expert_shared_count is 0`);
    const widths = keys.perLayer("expert_feed_forward_length", layers)?.slice(dense) ?? [];
    if (widths.includes(0)) keys.fail(`${prefix}.expert_feed_forward_length is 0`);
  }
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

export interface LayerNumbers {
  readonly kinds: readonly LayerKind[];
  readonly heads: readonly number[];
  readonly kvHeads: readonly number[];
  readonly ffn: readonly number[];
  readonly headDimK: number;
  readonly headDimV: number;
}

/** Any tensor that is expected to have a dimension of 0 aborts (llama-model-loader.cpp). Throws `malformed-gguf`. */
export function checkLayers(keys: ArchitectureKeys, numbers: LayerNumbers): void {
  const prefix = keys.architecture;
  const { metadata } = keys.header;
  const tokens = metadata.get("tokenizer.ggml.tokens");
  if (typeof tokens === "object" && tokens.length === 0) keys.fail("the vocabulary is empty");
  const tokenizer = metadata.get("tokenizer.ggml.model");
  if (tokenizer === "no_vocab" || tokenizer === "none") keys.fail("the file has no tokenizer");
  // Deci's layers may lack attention or feed-forward, by the heads and widths they state; it alone (src/models/deci.cpp).
  if (prefix === "deci") return;
  const { kinds, heads, kvHeads, ffn, headDimK, headDimV } = numbers;
  checkRotation(keys, headDimK);
  if (FUSED_HEADS.has(prefix) && headDimK !== headDimV) {
    keys.fail(`${prefix}.attention.key_length of ${headDimK} is not the value_length of ${headDimV}`);
  }
  const experts = keys.integer("expert_count") ?? 0;
  const dense = keys.integer("leading_dense_block_count") ?? 0;
  checkLatent(keys, numbers);
  for (const [layer, { attends, recurs }] of kinds.entries()) {
    const zero = (key: string) => keys.fail(`${prefix}.${key} is 0 in layer ${layer}`);
    if (!attends) continue;
    if ((heads[layer] ?? 0) === 0) zero("attention.head_count");
    if ((kvHeads[layer] ?? 0) === 0) zero("attention.head_count_kv");
    if (headDimK === 0) zero("attention.key_length");
    if (headDimV === 0) zero("attention.value_length");
    // Mixtral's files give the width of an expert as the ordinary feed-forward length.
    const routed =
      experts > 0 &&
      layer >= dense &&
      ((keys.perLayer("expert_feed_forward_length", kinds.length) ?? [])[layer] ?? 0) > 0;
    if (!recurs && !routed && !prefix.startsWith("nemotron") && (ffn[layer] ?? 0) === 0) zero("feed_forward_length");
  }
}

/** With latent attention a token's cache is one vector, of which the values are all but the turned end (deepseek2.cpp). */
function checkLatent(keys: ArchitectureKeys, { kinds, kvHeads, headDimK, headDimV }: LayerNumbers): void {
  const prefix = keys.architecture;
  if ((keys.integer("attention.key_length_mla") ?? 0) === 0) return;
  const rank = keys.integer("attention.kv_lora_rank") ?? 0;
  const turned = keys.integer("rope.dimension_count") ?? headDimK;
  if (headDimV !== rank || headDimK !== rank + turned) {
    keys.fail(
      `${prefix}.attention.key_length of ${headDimK} and value_length of ${headDimV} do not suit a rank of ${rank}`,
    );
  }
  const wrong = kinds.findIndex(({ attends }, layer) => attends && kvHeads[layer] !== 1);
  if (wrong >= 0) keys.fail(`${prefix}.attention.head_count_kv is ${kvHeads[wrong]} in layer ${wrong}, not 1`);
}

/** Rotary positions turn pairs of a head's values (ggml_rope), and leave at least one value alone with latent attention. */
function checkRotation(keys: ArchitectureKeys, headDimK: number): void {
  const prefix = keys.architecture;
  const latent = keys.integer("attention.key_length_mla") ?? 0;
  const stated = keys.integer("rope.dimension_count");
  const rotated = stated ?? headDimK;
  if (latent > 0 && rotated >= latent) {
    keys.fail(`${prefix}.rope.dimension_count is ${rotated} of ${latent} values, which leaves none unturned`);
  }
  const widest = Math.max(headDimK, keys.integer("attention.key_length_swa") ?? 0);
  // With 0 the engine computes for ever.
  if (stated !== undefined && headDimK > 0 && (stated === 0 || stated > widest || stated % 2 !== 0)) {
    keys.fail(`${prefix}.rope.dimension_count is ${stated}, not an even number of the ${widest} values of a head`);
  }
}
