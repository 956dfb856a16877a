// The engine's own logits, in full: node-llama-cpp gives probabilities only. A process of its own, since llama.cpp aborts at what it
// cannot compute. Arguments: prompts as JSON lists of token ids, model files, with `+ADAPTER` behind them where one is to be used; to stdout: for each file and prompt the logits of all
// tokens, float32, one after another. Layouts: include/llama.h of llama.cpp v0.5.0, which the pinned node-llama-cpp ships.
import { readdirSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import koffi from "koffi";

const [, , prompts = "[]", ...files] = process.argv;

const entry = createRequire(import.meta.url).resolve("node-llama-cpp");
const name = `linux-${process.arch}`;
const bins = join(dirname(createRequire(entry).resolve(`@node-llama-cpp/${name}`)), "..", "bins", name);
const find = (start) => join(bins, readdirSync(bins).find((file) => file.startsWith(start)) ?? start);

const ModelParams = koffi.struct("llama_model_params", {
  devices: "void *",
  tensor_buft_overrides: "void *",
  n_gpu_layers: "int32_t",
  split_mode: "int",
  load_mode: "int",
  lazy_mode: "int",
  main_gpu: "int32_t",
  tensor_split: "void *",
  progress_callback: "void *",
  progress_callback_user_data: "void *",
  kv_overrides: "void *",
  vocab_only: "bool",
  check_tensors: "bool",
  use_extra_bufts: "bool",
  no_host: "bool",
  no_alloc: "bool",
  load_mtp: "bool",
});
const ContextParams = koffi.struct("llama_context_params", {
  ...fields("uint32_t", [
    "n_ctx",
    "n_batch",
    "n_ubatch",
    "n_seq_max",
    "n_rs_seq",
    "n_outputs_max",
    "n_outputs_per_seq",
  ]),
  ...fields("int32_t", ["n_threads", "n_threads_batch"]),
  ...fields("int", ["ctx_type", "rope_scaling_type", "pooling_type", "attention_type", "flash_attn_type"]),
  ...fields("float", ["rope_freq_base", "rope_freq_scale", "yarn_ext_factor", "yarn_attn_factor"]),
  ...fields("float", ["yarn_beta_fast", "yarn_beta_slow"]),
  yarn_orig_ctx: "uint32_t",
  defrag_thold: "float",
  ...fields("void *", ["cb_eval", "cb_eval_user_data"]),
  ...fields("int", ["type_k", "type_v"]),
  ...fields("void *", ["abort_callback", "abort_callback_data"]),
  ...fields("bool", ["embeddings", "offload_kqv", "no_perf", "op_offload", "swa_full", "kv_unified"]),
  samplers: "void *",
  n_samplers: "size_t",
  ctx_other: "void *",
});
const Batch = koffi.struct("llama_batch", {
  n_tokens: "int32_t",
  token: "int32_t *",
  embd: "float *",
  pos: "int32_t *",
  n_seq_id: "int32_t *",
  seq_id: "void *",
  logits: "int8_t *",
});

function fields(type, names) {
  return Object.fromEntries(names.map((one) => [one, type]));
}

const base = koffi.load(find("libggml."), { global: true });
base.func("void ggml_backend_load_all_from_path(const char *)")(bins);
const llama = koffi.load(find("libllama."));
llama.func("void llama_backend_init()")();
const call = (result, named, args) => llama.func(named, result, args);

const modelParams = call(ModelParams, "llama_model_default_params", [])();
const contextParams = call(ContextParams, "llama_context_default_params", [])();
if (modelParams.n_gpu_layers !== -1 || contextParams.n_ubatch !== 512 || contextParams.type_k !== 1) {
  throw new Error("the library has other parameters than llama.cpp v0.5.0");
}
const [load, init] = [
  call("void *", "llama_model_load_from_file", ["const char *", ModelParams]),
  call("void *", "llama_init_from_model", ["void *", ContextParams]),
];
const vocabularyOf = call("void *", "llama_model_get_vocab", ["void *"]);
const countTokens = call("int32_t", "llama_vocab_n_tokens", ["void *"]);
const decode = call("int32_t", "llama_decode", ["void *", Batch]);
const memoryOf = call("void *", "llama_get_memory", ["void *"]);
const clear = call("void", "llama_memory_clear", ["void *", "bool"]);
const logitsOf = call("float *", "llama_get_logits", ["void *"]);
const freeContext = call("void", "llama_free", ["void *"]);
const freeModel = call("void", "llama_model_free", ["void *"]);
const openAdapter = call("void *", "llama_adapter_lora_init", ["void *", "const char *"]);
const useAdapters = call("int32_t", "llama_set_adapters_lora", ["void *", "void **", "size_t", "float *"]);
const F32 = 0;

for (const one of files) {
  const [file, lora] = one.split("+");
  const model = load(file, { ...modelParams, use_extra_bufts: false });
  if (!model) throw new Error(`${file} was not loaded`);
  const context = init(model, {
    ...contextParams,
    n_ctx: 256,
    // Two would wait for each other spinning, for seconds where others want the processor too.
    n_threads: 1,
    n_threads_batch: 1,
    // Both would round keys and values to 16 bits.
    flash_attn_type: 0,
    type_k: F32,
    type_v: F32,
  });
  if (!context) throw new Error(`${file} has no context`);
  if (lora !== undefined) {
    const adapter = openAdapter(model, lora);
    if (!adapter) throw new Error(`${lora} was not loaded`);
    if (useAdapters(context, [adapter], 1, [1]) !== 0) throw new Error(`${lora} is not used`);
  }
  const vocabulary = countTokens(vocabularyOf(model));
  for (const tokens of JSON.parse(prompts)) {
    clear(memoryOf(context), true);
    const status = decode(context, {
      n_tokens: tokens.length,
      token: Int32Array.from(tokens),
      embd: null,
      pos: null,
      n_seq_id: null,
      seq_id: null,
      logits: new Int8Array(tokens.length).fill(1),
    });
    if (status !== 0) throw new Error(`${file} was not computed: ${status}`);
    const bytes = new Uint8Array(koffi.view(logitsOf(context), tokens.length * vocabulary * 4));
    for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
  }
  freeContext(context);
  freeModel(model);
}
// llama.cpp's own threads may still be about.
process.exit(0);
