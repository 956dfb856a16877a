// Model files with something wrong in their headers: the same for each seed, so that a find can be had again.
import { type GgufSpec, typed, type WritableTensor, type WritableValue, writeGguf } from "./gguf-writer.js";
import { FAMILIES, type FamilyName, runnable } from "./runnable.js";

export interface Mutant {
  /** What was done, for a person. */
  readonly what: string;
  readonly bytes: Buffer;
}

type Random = () => number;

/** Numbers where code tends to go wrong, and small ones that keep a file plausible. */
const NUMBERS = [
  0, 1, 2, 3, 4, 5, 7, 8, 16, 31, 32, 33, 48, 63, 64, 65, 96, 128, 255, 256, 257, 260, 512, 513, 1024, 1025, 4096,
];
const HUGE = [65_535, 65_536, 2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
const WIDE = [2n ** 32n, 2n ** 53n, 2n ** 62n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 64n - 8n];
const FLOATS = [0, -1, 1e-30, 0.5, 1, 10, 1e30, Number.NaN, Number.POSITIVE_INFINITY];
const TEXTS = [
  "",
  "x",
  "llama",
  "gpt2",
  "bert",
  "t5",
  "rwkv",
  "yarn",
  "linear",
  "longrope",
  "none",
  "no_vocab",
  "\0",
  "ü",
  "%s%n",
  "x".repeat(70),
];
const SCALAR_TYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"] as const;
/** Keys of llama.cpp (llama-arch.cpp) after the architecture's name; a file need not have them. */
const KEYS =
  `block_count context_length embedding_length embedding_length_out feed_forward_length expert_count expert_used_count
 expert_shared_count expert_feed_forward_length expert_shared_feed_forward_length expert_group_count expert_group_used_count
 expert_weights_scale expert_weights_norm expert_gating_func leading_dense_block_count interleave_moe_layer_step nextn_predict_layers
 use_parallel_residual tensor_data_layout pooling_type logit_scale attn_logit_softcapping final_logit_softcapping
 decoder_start_token_id swin_norm rescale_every_n_layers time_mix_extra_dim time_decay_extra_dim residual_scale embedding_scale
 token_shift_count full_attention_interval altup.active_idx altup.num_inputs embedding_length_per_layer_input
 attention.head_count attention.head_count_kv attention.max_alibi_bias attention.clamp_kqv attention.key_length attention.value_length
 attention.key_length_swa attention.value_length_swa attention.key_length_mla attention.value_length_mla
 attention.layer_norm_epsilon attention.layer_norm_rms_epsilon attention.group_norm_epsilon attention.group_norm_groups
 attention.causal attention.q_lora_rank attention.kv_lora_rank attention.relative_buckets_count attention.sliding_window
 attention.sliding_window_pattern attention.scale attention.output_scale attention.temperature_length attention.temperature_scale
 attention.shared_kv_layers attention.indexer.head_count attention.indexer.key_length attention.indexer.top_k
 rope.dimension_count rope.dimension_sections rope.freq_base rope.scale_linear rope.scaling.type rope.scaling.factor
 rope.scaling.attn_factor rope.scaling.original_context_length rope.scaling.finetuned rope.scaling.yarn_log_multiplier
 rope.scaling.yarn_beta_fast ssm.inner_size ssm.conv_kernel ssm.state_size ssm.time_step_rank ssm.group_count ssm.dt_b_c_rms
 wkv.head_size posnet.embedding_length posnet.block_count convnext.embedding_length shortconv.l_cache vocab_size`.split(
    /\s+/,
  );
const TOKENIZER =
  `model pre tokens scores token_type merges bos_token_id eos_token_id eot_token_id unknown_token_id padding_token_id
 add_bos_token add_eos_token add_space_prefix remove_extra_whitespaces precompiled_charsmap prefix_token_id fim_pre_token_id token_type_count`.split(
    /\s+/,
  );
const OTHER_ARCHITECTURES =
  `falcon baichuan grok starcoder refact bert nomic-bert stablelm qwen qwen2moe qwen3moe phi2 phi3 plamo codeshell
 orion internlm2 minicpm minicpm3 gemma gemma3n starcoder2 mamba2 jamba falcon-h1 xverse command-r cohere2 dbrx olmo olmo2 olmoe
 openelm arctic deepseek chatglm glm4 bitnet t5 t5encoder jais nemotron exaone rwkv6 rwkv7 granite granitehybrid chameleon
 plm bailingmoe dots1 arcee ernie4_5 hunyuan-moe smollm3 gpt-oss lfm2 dream llada seed_oss apertus gptneox mpt gptj`.split(
    /\s+/,
  );

export interface MutantOptions {
  readonly families?: readonly FamilyName[];
}

/** @param seed any whole number; each gives another list */
export function* mutants(count: number, seed: number, { families = FAMILIES }: MutantOptions = {}): Generator<Mutant> {
  const random = seeded(seed);
  for (let i = 0; i < count; i++) {
    const family = pick(random, families);
    const { what, bytes } = random() < 0.35 ? ofBytes(random, family) : ofFields(random, family);
    yield { what: `${seed}/${i} ${family}: ${what}`, bytes };
  }
}

/** One to three changes to fields, in a file that is written anew around them. */
function ofFields(random: Random, family: FamilyName): Mutant {
  let spec: Spec = runnable(family);
  const done: string[] = [];
  for (let changes = 1 + Math.floor(random() ** 2 * 3); changes > 0; changes--) {
    const change = pick(random, CHANGES);
    const [what, changed] = change(random, spec);
    done.push(what);
    spec = changed;
  }
  return { what: done.join("; "), bytes: writeGguf(spec) };
}

interface Spec extends GgufSpec {
  readonly metadata: Readonly<Record<string, WritableValue>>;
  readonly tensors: readonly WritableTensor[];
}
type Change = (random: Random, spec: Spec) => [string, Spec];

const setKey = (spec: Spec, key: string, value: WritableValue): [string, Spec] => [
  `${key} = ${shown(value)}`,
  { ...spec, metadata: { ...spec.metadata, [key]: value } },
];
const archOf = ({ metadata }: Spec) => String(metadata["general.architecture"]);

const changeKey: Change = (random, spec) => setKey(spec, pick(random, Object.keys(spec.metadata)), anyValue(random));
const nudgeKey: Change = (random, spec) => {
  const numeric = Object.entries(spec.metadata).filter(([, value]) => typeof value === "number");
  const [key, value] = pick(random, numeric) as [string, number];
  const step = pick(random, [-1, 1, -2, 2]);
  const other = Number.isInteger(value)
    ? pick(random, [
        Math.min(2 ** 32 - 1, Math.max(0, value + step)),
        Math.min(2 * value, 2 ** 32 - 1),
        Math.floor(value / 2),
      ])
    : typed("float32", pick(random, FLOATS));
  return setKey(spec, key, other);
};
const addKey: Change = (random, spec) => setKey(spec, `${archOf(spec)}.${pick(random, KEYS)}`, anyValue(random));
const tokenizerKey: Change = (random, spec) =>
  setKey(spec, `tokenizer.ggml.${pick(random, TOKENIZER)}`, anyValue(random));
const dropKey: Change = (random, spec) => {
  const gone = pick(random, Object.keys(spec.metadata));
  const metadata = Object.fromEntries(Object.entries(spec.metadata).filter(([key]) => key !== gone));
  return [`without ${gone}`, { ...spec, metadata }];
};
const otherArchitecture: Change = (random, spec) => {
  const [from, to] = [archOf(spec), pick(random, [...OTHER_ARCHITECTURES, ...FAMILIES])];
  const renamed = Object.entries(spec.metadata).map(
    ([key, value]) => [key.replace(`${from}.`, `${to}.`), value] as const,
  );
  return [`calls itself ${to}`, { ...spec, metadata: { ...Object.fromEntries(renamed), "general.architecture": to } }];
};
const changeTensor: Change = (random, spec) => {
  const place = Math.floor(random() * spec.tensors.length);
  const old = spec.tensors[place] as WritableTensor;
  const dims = old.dims.length === 0 ? [1] : [...old.dims];
  const at = Math.floor(random() * dims.length);
  const changes: Partial<WritableTensor>[] = [
    { dims: dims.with(at, pick(random, [...NUMBERS, ...HUGE])), bytes: 64 },
    { dims: dims.with(at, pick(random, WIDE)), bytes: 64 },
    { dims: dims.with(at, pick(random, NUMBERS)) },
    { dims: dims.toReversed() },
    { dims: dims.slice(1) },
    { dims: [...dims, pick(random, NUMBERS)] },
    { type: pick(random, [1, 2, 4, 8, 12, 16, 24, 26, 28, 30, 31, 36, 39, 43, 200, 2 ** 31]) },
    {
      name: pick(random, [
        "",
        "x",
        "output.weight",
        "rope_freqs.weight",
        `${old.name}x`,
        "blk.0.attn_q.bias",
        "blk.99.x.weight",
      ]),
    },
    { offset: pick(random, [0, 1, 32, 64, 2 ** 31, ...WIDE]) },
  ];
  const change = pick(random, changes);
  return [
    `${old.name}: ${shown(Object.values(change))}`,
    { ...spec, tensors: spec.tensors.with(place, { ...old, ...change }) },
  ];
};
const dropTensor: Change = (random, spec) => {
  const place = Math.floor(random() * spec.tensors.length);
  return [`without ${spec.tensors[place]?.name}`, { ...spec, tensors: spec.tensors.toSpliced(place, 1) }];
};
const lie: Change = (random, spec) => {
  const number = pick(random, [...NUMBERS, ...HUGE, ...WIDE]);
  const what = pick(random, ["tensorCount", "keyCount", "version", "alignment"] as const);
  if (what === "alignment") return setKey(spec, "general.alignment", Number(number) % 2 ** 32);
  return [`${what} ${number}`, { ...spec, [what]: what === "version" ? Number(number) % 2 ** 32 : number }];
};

/** What keeps a file plausible comes more often: it gets further. */
const CHANGES = [
  changeKey,
  nudgeKey,
  nudgeKey,
  nudgeKey,
  addKey,
  addKey,
  addKey,
  tokenizerKey,
  dropKey,
  otherArchitecture,
  changeTensor,
  changeTensor,
  dropTensor,
  lie,
];

const OF_TYPE = {
  int32: (random: Random) => pick(random, NUMBERS),
  uint32: (random: Random) => pick(random, NUMBERS),
  float32: (random: Random) => pick(random, FLOATS),
  string: (random: Random) => pick(random, TEXTS),
  bool: (random: Random) => random() < 0.5,
} as const;

function anyValue(random: Random): WritableValue {
  const roll = random();
  if (roll < 0.45) return pick(random, NUMBERS);
  if (roll < 0.55) return pick(random, HUGE);
  if (roll < 0.62) return typed("float32", pick(random, FLOATS));
  if (roll < 0.7) return pick(random, TEXTS);
  if (roll < 0.75) return random() < 0.5;
  if (roll < 0.8) return typed(pick(random, SCALAR_TYPES), pick(random, [0, 1, 2, 64, 127]));
  if (roll < 0.84) return typed("int32", pick(random, [-1, -2, -64, -(2 ** 31)]));
  if (roll < 0.87) return typed("uint64", pick(random, WIDE));
  const length = pick(random, [0, 1, 2, 3, 4, 259, 260, 261, 513]);
  const type = pick(random, ["int32", "uint32", "float32", "string", "bool"] as const);
  return typed(
    type,
    Array.from({ length }, () => OF_TYPE[type](random)),
  );
}

/** One to four places of the header overwritten, the file cut, or a piece of it taken out or doubled. */
function ofBytes(random: Random, family: FamilyName): Mutant {
  const sound = soundFile(family);
  const { length } = sound;
  // The tokenizer's list of bytes is most of the header and says little: half of the changes come before it.
  const tokens = sound.indexOf("tokenizer.ggml.tokens");
  const header = sound.indexOf("token_embd.weight") + 6000;
  const place = () => 4 + Math.floor(random() * (random() < 0.5 ? tokens : header));
  if (random() < 0.15) {
    const at = place();
    const size = pick(random, [1, 2, 4, 8, 16, 100]);
    const how = pick(random, ["cut", "without", "doubled"] as const);
    if (how === "cut") return { what: `cut at ${at}`, bytes: sound.subarray(0, at) };
    const rest = sound.subarray(how === "without" ? at + size : at - Math.min(at, size));
    return { what: `${size} bytes ${how} at ${at}`, bytes: Buffer.concat([sound.subarray(0, at), rest]) };
  }
  const bytes = Buffer.from(sound);
  const done: string[] = [];
  for (let changes = 1 + Math.floor(random() ** 2 * 4); changes > 0; changes--) {
    const at = Math.min(place(), length - 8);
    const width = pick(random, [0, 1, 1, 2, 4, 4, 8]);
    if (width === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    else if (width === 1) bytes[at] = pick(random, [0, 1, 2, 8, 9, 0x7f, 0x80, 0xff, Math.floor(random() * 256)]);
    else if (width === 2) bytes.writeUInt16LE(pick(random, NUMBERS.concat(65_535)), at);
    else if (width === 4) bytes.writeUInt32LE(pick(random, [...NUMBERS, ...HUGE]), at);
    else bytes.writeBigUInt64LE(pick(random, [...NUMBERS.map(BigInt), ...WIDE]), at);
    done.push(`${width || "a bit of 1"} bytes at ${at}`);
  }
  return { what: done.join("; "), bytes };
}

const written = new Map<FamilyName, Buffer>();
function soundFile(family: FamilyName): Buffer {
  const file = written.get(family) ?? writeGguf(runnable(family));
  written.set(family, file);
  return file;
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, entry: unknown) => (typeof entry === "bigint" ? String(entry) : entry));
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function seeded(seed: number): Random {
  let state = seed >>> 0;
  // Mulberry32: short, and good in all its bits.
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
