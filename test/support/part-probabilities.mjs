// A process with the real part for images: the tokens of a prompt with one image, and the probability of each token that may follow.
// node part-probabilities.mjs ENTRY MODEL PROJECTOR IMAGE PROMPT RESULT; its output is the library's.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const [entry, model, projector, image, prompt, result] = process.argv.slice(2);
const context = await createRequire(entry)(entry).loadModel({
  ...{ model, n_ctx: 512, n_batch: 512, n_ubatch: 512, n_threads: 1, n_parallel: 1, n_gpu_layers: 0 },
  ...{ cache_type_k: "f32", cache_type_v: "f32", flash_attn_type: "off" },
});
context.initMultimodal({ path: projector, use_gpu: false });
const media_paths = [`data:image/bmp;base64,${readFileSync(image).toString("base64")}`];
const { tokens } = await context.tokenize(prompt, { media_paths });
const { completion_probabilities } = await context.completion(
  { prompt, media_paths, n_predict: 1, n_probs: 1000, temperature: 1, top_k: 0, top_p: 1, min_p: 0, penalty_repeat: 1 },
  () => {},
);
const [{ probs }] = completion_probabilities;
const named = probs.map(({ tok_str, prob }) => [tok_str, prob]);
writeFileSync(result, JSON.stringify({ tokens: [...tokens], probs: named }));
process.exit();
