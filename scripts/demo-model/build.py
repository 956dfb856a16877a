"""Turns a trained checkpoint into the GGUF file that oslm ships: `python3 build.py build ../../assets/oslm-demo-q8_0.gguf`."""
import sys
from pathlib import Path

import torch

import gguf
from model import Config
from tokenizer import SPECIAL, Tokenizer

TEMPLATE = (
    "{%- for message in messages -%}"
    "{{- '<|' + message['role'] + '|>' + message['content'] + '<|end|>' -}}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}"
)


def keys(c, tokenizer, parameters):
    """The metadata. Keys of the geometry stand before the tokenizer arrays, so that a small range read finds them."""
    return {
        "general.architecture": "llama",
        "general.type": "model",
        "general.name": "oslm demo",
        "general.author": "The oslm authors",
        "general.organization": "oslm",
        "general.description": "A tiny model that answers questions about oslm. Trained from scratch; see scripts/demo-model.",
        "general.license": "mit",
        "general.size_label": f"{parameters / 1e6:.1f}M",
        # llama.cpp's own key for the recommended temperature: this model recites, and always says the same.
        "general.sampling.temp": 0.0,
        "general.file_type": gguf.FILE_TYPE_Q8_0,
        "general.quantization_version": 2,
        "llama.vocab_size": c.vocab,
        "llama.context_length": c.context,
        "llama.embedding_length": c.width,
        "llama.block_count": c.layers,
        "llama.feed_forward_length": c.hidden,
        "llama.attention.head_count": c.heads,
        "llama.attention.head_count_kv": c.kv_heads,
        "llama.attention.key_length": c.head_size,
        "llama.attention.value_length": c.head_size,
        "llama.attention.layer_norm_rms_epsilon": c.norm_eps,
        "llama.rope.dimension_count": c.head_size,
        "llama.rope.freq_base": c.rope_base,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "gpt-2",
        "tokenizer.ggml.tokens": tokenizer.tokens,
        "tokenizer.ggml.token_type": [3 if t in SPECIAL else 1 for t in tokenizer.tokens],
        "tokenizer.ggml.merges": [f"{a} {b}" for a, b in tokenizer.merges],
        "tokenizer.ggml.eos_token_id": tokenizer.end,
        "tokenizer.ggml.eot_token_id": tokenizer.end,
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.ggml.add_eos_token": False,
        "tokenizer.chat_template": TEMPLATE,
    }


def main():
    source, target = Path(sys.argv[1]), sys.argv[2]
    tokenizer = Tokenizer.load(source / "tokenizer.json")
    state = torch.load(source / "model.pt")
    c = Config(vocab=len(tokenizer.tokens))
    tensors = {}
    for name, tensor in state.items():
        tensors[name] = tensor.numpy()
    gguf.write(target, keys(c, tokenizer, sum(t.size for t in tensors.values())), tensors)


if __name__ == "__main__":
    main()
