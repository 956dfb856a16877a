// What tokens are for, by the names that publishers give them. The names of ends, and those of infilling, are what the
// engine of llama.cpp looks for itself (src/llama-vocab.cpp); it takes any of several, we the first of these.

/** Ends a turn, though the file may call another token the end of the text. */
export const END_OF_TURN = [
  "<|eot_id|>",
  "<|im_end|>",
  "<|end|>",
  "<end_of_turn>",
  "<end_of_utterance>",
  "<EOT>",
  "▁<EOT>",
  "[EOT]",
  "<|end_of_text|>",
  "<|endoftext|>",
  "<｜end▁of▁sentence｜>",
] as const;

/** Ends a message that more of the same turn follows: a call of a tool. */
export const END_OF_MESSAGE = ["<|eom_id|>"] as const;

/** Filling in the middle of a text, by the middle of their keys in GGUF. */
export const INFILL = {
  fim_pre: [
    "<|fim_prefix|>",
    "<fim-prefix>",
    "<fim_prefix>",
    "<｜fim▁begin｜>",
    "<PRE>",
    "▁<PRE>",
    "<|code_prefix|>",
    "<|prefix|>",
  ],
  fim_suf: [
    "<|fim_suffix|>",
    "<fim-suffix>",
    "<fim_suffix>",
    "<｜fim▁hole｜>",
    "<SUF>",
    "▁<SUF>",
    "<|code_suffix|>",
    "<|suffix|>",
  ],
  fim_mid: [
    "<|fim_middle|>",
    "<fim-middle>",
    "<fim_middle>",
    "<｜fim▁end｜>",
    "<MID>",
    "▁<MID>",
    "<|code_middle|>",
    "<|middle|>",
  ],
  fim_pad: ["<|fim_pad|>", "<fim-pad>", "<fim_pad>"],
  fim_rep: ["<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"],
  fim_sep: ["<|file_sep|>", "<|file_separator|>"],
} as const;

/** Ends of generation by their text alone, whatever the metadata says. */
export const KNOWN_ENDS: readonly string[] = [
  ...END_OF_TURN.filter((name) => name !== "▁<EOT>"),
  ...END_OF_MESSAGE,
  "<|return|>",
  "<|call|>",
  "<|flush|>",
  "<|calls|>",
  "</s>",
  "[EOS]",
  "<eos>",
  "<turn|>",
  "<|tool_response>",
  "[e~[",
];

/** Marks that some publishers (Command R, DeepSeek Coder, Gemma) forgot to call special. */
export function looksSpecial(text: string): boolean {
  return (
    ["<pad>", "<mask>", "<2mass>", "[@BOS@]"].includes(text) ||
    (text.length > 4 && text.startsWith("<|") && text.endsWith("|>")) ||
    (text.startsWith("<｜") && text.endsWith("｜>")) ||
    (text.startsWith("<unused") && text.endsWith(">"))
  );
}
