// Layers with a state of fixed size instead of a growing cache: Mamba, RWKV, gated delta nets, short convolutions.
import type { Bytes } from "../model/types.js";
import type { ArchitectureKeys } from "./keys.js";

/** `llm_arch_is_recurrent` of llama.cpp v0.5.0: no attention at all. */
const RECURRENT = new Set(["mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7"]);
/** Every nth layer attends, the others keep a state, unless the file lists them. */
const INTERVALS: Readonly<Record<string, number>> = {
  qwen3next: 4,
  qwen35: 4,
  qwen35moe: 4,
  qwen4exp: 4,
  "minimax-01": 8,
};
/** A layer without KV heads keeps a state. */
const BY_KV_HEADS = new Set([
  "jamba",
  "plamo2",
  "granitehybrid",
  "lfm2",
  "lfm2moe",
  "kimi-linear",
  "kimi-k3",
  "bailingmoe3",
  "nemotron_h",
  "nemotron_h_moe",
]);
/** The states are F32 (create_memory passes GGML_TYPE_F32 for both). */
const STATE_VALUE_BYTES = 4;

export interface LayerKind {
  readonly attends: boolean;
  /** Does it keep a state of its own? Falcon-H1's layers do both. */
  readonly recurs: boolean;
}

/** @throws OslmError malformed-gguf for a hybrid that lacks layers of either kind */
export function layerKinds(keys: ArchitectureKeys, kvHeads: readonly number[], ffn: readonly number[]): LayerKind[] {
  const { architecture } = keys;
  if (RECURRENT.has(architecture)) return kvHeads.map(() => ({ attends: false, recurs: true }));
  if (architecture === "falcon-h1") return kvHeads.map(() => ({ attends: true, recurs: true }));
  const interval = INTERVALS[architecture];
  if (interval !== undefined) {
    const listed = keys.perLayer("attention.recurrent_layers", kvHeads.length);
    const every = keys.integer("full_attention_interval") ?? interval;
    // llama.cpp divides by it.
    if (every === 0) keys.fail(`${architecture}.full_attention_interval is 0`);
    const kinds = kvHeads.map((_, layer) => {
      const recurs = listed ? listed[layer] !== 0 : (layer + 1) % every !== 0;
      return { attends: !recurs, recurs };
    });
    return ofBothKinds(keys, kinds);
  }
  if (!BY_KV_HEADS.has(architecture)) return kvHeads.map(() => ({ attends: true, recurs: false }));
  // In Nemotron-H a layer is one thing only: attention, state, or feed-forward.
  const single = architecture.startsWith("nemotron");
  const kinds = kvHeads.map((count, layer) => {
    const forward = single && (ffn[layer] ?? 0) > 0;
    return { attends: !forward && count > 0, recurs: !forward && count === 0 };
  });
  return ofBothKinds(keys, kinds);
}

/** The engine prepares inputs for both, and ends the process over one that no layer reads (ggml-backend.cpp, `GGML_ASSERT(buffer)`). */
function ofBothKinds(keys: ArchitectureKeys, kinds: LayerKind[]): LayerKind[] {
  if (!kinds.some(({ attends }) => attends)) keys.fail("no layer attends");
  if (!kinds.some(({ recurs }) => recurs)) keys.fail("no layer is recurrent");
  return kinds;
}

/** Bytes of state of one such layer for one conversation: `n_embd_r` and `n_embd_s` of llama-hparams.cpp. */
export function stateBytes(keys: ArchitectureKeys, width: number, heads: number, headDimK: number): Bytes {
  const wkv = keys.integer("wkv.head_size") ?? 0;
  const shortConvolution = keys.integer("shortconv.l_cache") ?? 0;
  const kda = keys.integer("kda.head_dim") ?? 0;
  const kernel = keys.integer("ssm.conv_kernel") ?? 0;
  const inner = keys.integer("ssm.inner_size") ?? 0;
  const state = keys.integer("ssm.state_size") ?? 0;
  const groups = keys.integer("ssm.group_count") ?? 0;
  const linear = keys.architecture === "minimax-01" ? headDimK : 0;
  let rolling = Math.max(0, kernel - 1) * (inner + 2 * groups * state);
  if (kda > 0) rolling = 3 * (kernel > 0 ? kernel - 1 : 3) * heads * kda;
  if (shortConvolution > 0) rolling = width * (shortConvolution - 1);
  if (wkv > 0) rolling = (keys.integer("token_shift_count") ?? 2) * width;
  let lasting = state * inner;
  if (linear > 0) lasting = linear * linear * heads;
  if (kda > 0) lasting = kda * kda * heads;
  if (wkv > 0) lasting = width * wkv;
  return (rolling + lasting) * STATE_VALUE_BYTES;
}
