// llama_model_quantize called as plainly as can be: what oslm's own way has to agree with, and is measured against.
// node plain-quantize.mjs LIBRARY INPUT OUTPUT FILE_TYPE THREADS
import koffi from "koffi";

const [library, input, output, fileType, threads] = process.argv.slice(2);
const llama = koffi.load(library);
const Params = koffi.struct("llama_model_quantize_params", {
  nthread: "int",
  ftype: "int",
  output_tensor_type: "int",
  token_embedding_type: "int",
  allow_requantize: "bool",
  quantize_output_tensor: "bool",
  only_copy: "bool",
  pure: "bool",
  keep_split: "bool",
  dry_run: "bool",
  imatrix: "void *",
  kv_overrides: "void *",
  tt_overrides: "void *",
  prune_layers: "void *",
  max_buf_size: "size_t",
});
const params = llama.func("llama_model_quantize_params llama_model_quantize_default_params()")();
params.ftype = Number(fileType);
params.nthread = Number(threads);
const quiet = koffi.register(() => {}, koffi.pointer(koffi.proto("void log(int, const char *, void *)")));
llama.func("llama_log_set", "void", [koffi.pointer("void"), "void *"])(quiet, null);
const quantize = llama.func("llama_model_quantize", "uint32_t", ["str", "str", koffi.pointer(Params)]);
process.exit(quantize(input, output, params));
