// What layers are made of: names of tensors and their dimensions, innermost first, as llama.cpp's src/models/*.cpp ask for them.

export const VOCABULARY = 272;
export const CONTEXT = 512;
export const WIDTH = 64;
export const FFN = 96;
export const HEADS = 4;
export const KV_HEADS = 2;
export const HEAD = WIDTH / HEADS;
export const EXPERTS = 4;
export const EXPERT_FFN = 32;

export type Dims = readonly number[];
export type Tensors = Readonly<Record<string, Dims>>;

const KV = KV_HEADS * HEAD;

export const attentionNorm: Tensors = { "attn_norm.weight": [WIDTH] };
export const ffnNorm: Tensors = { "ffn_norm.weight": [WIDTH] };
export const norms: Tensors = { ...attentionNorm, ...ffnNorm };
export const normBiases: Tensors = { "attn_norm.bias": [WIDTH], "ffn_norm.bias": [WIDTH] };
export const postNorms: Tensors = { "post_attention_norm.weight": [WIDTH], "post_ffw_norm.weight": [WIDTH] };
export const headNorms: Tensors = { "attn_q_norm.weight": [HEAD], "attn_k_norm.weight": [HEAD] };
/** Norms over all heads at once. */
export const wideNorms: Tensors = { "attn_q_norm.weight": [WIDTH], "attn_k_norm.weight": [KV] };

export const attention: Tensors = {
  "attn_q.weight": [WIDTH, WIDTH],
  "attn_k.weight": [WIDTH, KV],
  "attn_v.weight": [WIDTH, KV],
  "attn_output.weight": [WIDTH, WIDTH],
};
export const attentionBiases: Tensors = { "attn_q.bias": [WIDTH], "attn_k.bias": [KV], "attn_v.bias": [KV] };
export const outputBias: Tensors = { "attn_output.bias": [WIDTH] };
/** Queries, keys and values in one matrix. */
export const fused: Tensors = { "attn_qkv.weight": [WIDTH, WIDTH + 2 * KV], "attn_output.weight": [WIDTH, WIDTH] };
export const fusedBias: Tensors = { "attn_qkv.bias": [WIDTH + 2 * KV] };

export const gated: Tensors = {
  "ffn_gate.weight": [WIDTH, FFN],
  "ffn_up.weight": [WIDTH, FFN],
  "ffn_down.weight": [FFN, WIDTH],
};
export const plain: Tensors = { "ffn_up.weight": [WIDTH, FFN], "ffn_down.weight": [FFN, WIDTH] };
export const plainBiases: Tensors = { "ffn_up.bias": [FFN], "ffn_down.bias": [WIDTH] };
/** The gate is the first half of the other matrix. */
export const doubled: Tensors = { "ffn_up.weight": [WIDTH, 2 * FFN], "ffn_down.weight": [FFN, WIDTH] };

export const router: Tensors = { "ffn_gate_inp.weight": [WIDTH, EXPERTS] };
export const routerBias: Tensors = { "exp_probs_b.bias": [EXPERTS] };
/** @param size of each expert's matrices */
export const experts = (size = EXPERT_FFN): Tensors => ({
  ...router,
  "ffn_gate_exps.weight": [WIDTH, size, EXPERTS],
  "ffn_up_exps.weight": [WIDTH, size, EXPERTS],
  "ffn_down_exps.weight": [size, WIDTH, EXPERTS],
});
/** The expert that reads every token. */
export const sharedExpert = (size = EXPERT_FFN): Tensors => ({
  "ffn_gate_shexp.weight": [WIDTH, size],
  "ffn_up_shexp.weight": [WIDTH, size],
  "ffn_down_shexp.weight": [size, WIDTH],
});

/** Keys and values as one compressed vector (MLA): ranks of 32, 16 values without positions and 8 with. */
export const latent: Tensors = {
  "attn_q_a_norm.weight": [32],
  "attn_q_a.weight": [WIDTH, 32],
  "attn_q_b.weight": [32, HEADS * 24],
  "attn_kv_a_norm.weight": [32],
  "attn_kv_a_mqa.weight": [WIDTH, 32 + 8],
  "attn_k_b.weight": [16, 32, HEADS],
  "attn_v_b.weight": [32, 16, HEADS],
  "attn_output.weight": [HEADS * 16, WIDTH],
};

const INNER = 2 * WIDTH;
const STATE = 16;
const STEPS = 8;
/** A recurrent layer (Mamba 2). */
export const mamba: Tensors = {
  "ssm_in.weight": [WIDTH, 2 * INNER + 2 * STATE + STEPS],
  "ssm_conv1d.weight": [4, INNER + 2 * STATE],
  "ssm_conv1d.bias": [INNER + 2 * STATE],
  "ssm_dt.bias": [STEPS],
  ssm_a: [1, STEPS],
  ssm_d: [1, STEPS],
  "ssm_norm.weight": [INNER, 1],
  "ssm_out.weight": [INNER, WIDTH],
};
export const mambaKeys = {
  "ssm.conv_kernel": 4,
  "ssm.inner_size": INNER,
  "ssm.state_size": STATE,
  "ssm.time_step_rank": STEPS,
  "ssm.group_count": 1,
};

const DELTA_HEADS = 4;
const VALUES = DELTA_HEADS * STATE;
/** A recurrent layer (gated delta net), without the matrices in which its descendants differ. */
export const deltaNet: Tensors = {
  "attn_qkv.weight": [WIDTH, 3 * VALUES],
  "attn_gate.weight": [WIDTH, VALUES],
  "ssm_conv1d.weight": [4, 3 * VALUES],
  "ssm_dt.bias": [DELTA_HEADS],
  ssm_a: [DELTA_HEADS],
  "ssm_norm.weight": [STATE],
  "ssm_out.weight": [VALUES, WIDTH],
};
export const deltaNetKeys = {
  "ssm.conv_kernel": 4,
  "ssm.inner_size": VALUES,
  "ssm.state_size": STATE,
  "ssm.time_step_rank": DELTA_HEADS,
  "ssm.group_count": DELTA_HEADS,
  full_attention_interval: 2,
};
export const betaAndAlpha: Tensors = {
  "ssm_beta.weight": [WIDTH, DELTA_HEADS],
  "ssm_alpha.weight": [WIDTH, DELTA_HEADS],
};
/** Attention whose queries come with a gate. */
export const gatedAttention: Tensors = { ...attention, "attn_q.weight": [WIDTH, 2 * WIDTH] };

/** A recurrent layer (LFM2). */
export const shortConvolution: Tensors = {
  "shortconv.conv.weight": [3, WIDTH],
  "shortconv.in_proj.weight": [WIDTH, 3 * WIDTH],
  "shortconv.out_proj.weight": [WIDTH, WIDTH],
};

/** A layer of the encoders. */
export const encoder: Tensors = {
  "attn_q.weight": [WIDTH, WIDTH],
  "attn_k.weight": [WIDTH, WIDTH],
  "attn_v.weight": [WIDTH, WIDTH],
  "attn_output.weight": [WIDTH, WIDTH],
  "attn_output_norm.weight": [WIDTH],
  "attn_output_norm.bias": [WIDTH],
  "layer_output_norm.weight": [WIDTH],
  "layer_output_norm.bias": [WIDTH],
};
