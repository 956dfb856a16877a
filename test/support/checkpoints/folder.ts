// The folder of a small Llama checkpoint with all that publishers put beside the weights.
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { float32, writeSafetensors } from "../safetensors-writer.js";
import { layers, makeModel, VOCAB } from "./family.js";
import { LLAMAS } from "./llama.js";

/** GPT-2's alphabet of bytes: printable ones are themselves, others follow from U+0100. */
export function byteAlphabet(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCodePoint(printable ? byte : next++);
  });
}

function tokenizerJson(): object {
  const tokens = byteAlphabet();
  for (const pair of ["he", "ll", "hell", "in", "er"]) tokens.push(pair);
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  return {
    version: "1.0",
    added_tokens: [{ id: tokens.length, content: "<|endoftext|>", special: true }],
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    model: { type: "BPE", vocab, merges: ["h e", "l l", "he ll", "i n", "e r"] },
  };
}

export const TEMPLATE = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}";

/** Writes it and gives the config, for tests that change it. */
export function writeFolder(path: string, change: object = {}): Record<string, unknown> {
  const [family] = LLAMAS;
  if (family === undefined) throw new Error("no family");
  const config = { ...family.config, eos_token_id: 261, ...change };
  mkdirSync(path, { recursive: true });
  const stored = [...makeModel(family).tensors].map(([name, { shape, data }]) => [name, float32(data, shape)] as const);
  const files: Record<string, string | Uint8Array> = {
    "config.json": JSON.stringify(config),
    "generation_config.json": JSON.stringify({ do_sample: true, temperature: 0.6, top_k: 20, top_p: 0.9 }),
    "tokenizer.json": JSON.stringify(tokenizerJson()),
    "tokenizer_config.json": JSON.stringify({ chat_template: TEMPLATE, eos_token: "<|endoftext|>" }),
    "README.md":
      "---\nlicense: apache-2.0\nbase_model:\n- org/base\nlanguage: [en, no]\npipeline_tag: text-generation\ntags: [tiny, 7]\n---\n# A model\n",
    "model.safetensors": writeSafetensors(Object.fromEntries(stored)),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return config;
}

/** Of a Llama with one matrix for input and output. */
export function hollowShapes(width: number, count = 1): Record<string, readonly number[]> {
  const ffn = width * 2;
  return {
    "model.embed_tokens.weight": [VOCAB, width],
    "model.norm.weight": [width],
    ...layers(count, "model.layers.", () => ({
      "input_layernorm.weight": [width],
      "post_attention_layernorm.weight": [width],
      "self_attn.q_proj.weight": [width, width],
      "self_attn.k_proj.weight": [width, width],
      "self_attn.v_proj.weight": [width, width],
      "self_attn.o_proj.weight": [width, width],
      "mlp.gate_proj.weight": [ffn, width],
      "mlp.up_proj.weight": [ffn, width],
      "mlp.down_proj.weight": [width, ffn],
    })),
  };
}

/** Makes the weights of a folder the holes of a file, in F16. Takes no disk. */
export function hollowOut(path: string, width: number): void {
  const shapes = hollowShapes(width);
  let at = 0;
  const header: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const bytes = shape.reduce((product, dim) => product * dim, 2);
    header[name] = { dtype: "F16", shape, data_offsets: [at, at + bytes] };
    at += bytes;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = join(path, "model.safetensors");
  writeFileSync(file, Buffer.concat([length, text]));
  truncateSync(file, 8 + text.length + at);
}

/** The configuration of what `hollowOut` leaves. */
export const hollowConfig = (width: number) => ({
  hidden_size: width,
  intermediate_size: 2 * width,
  num_hidden_layers: 1,
  num_attention_heads: width / 64,
  num_key_value_heads: width / 64,
  tie_word_embeddings: true,
});
