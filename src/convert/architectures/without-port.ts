// Classes of models that see, and cannot be converted here: why, and what can be had instead.

interface WithoutPort {
  readonly classes: RegExp;
  readonly why: string;
  readonly instead: string;
}

const KINDS: readonly WithoutPort[] = [
  {
    // BLIP-2 and InstructBLIP: clip.cpp knows no Q-Former of theirs.
    classes: /^(Instruct)?Blip/,
    why: "llama.cpp has no port of BLIP's bridge from images to text, so no GGUF file of it exists that would run.",
    instead: "oslm pull llava   (the nearest that runs)",
  },
  {
    classes: /^(Llava|VipLlava|VideoLlava|Mllama|Idefics|PaliGemma|Qwen2VL|Qwen2_5_VL|Qwen3VL|InternVL)/,
    why: "oslm converts models of text; what turns images into text comes as a GGUF file of its own (mmproj).",
    instead: "oslm pull llava, or a repository of this model with GGUF files, often named like it with -GGUF",
  },
];

/** Undefined for what nothing more is known of. */
export function withoutPort(className: string): Pick<WithoutPort, "why" | "instead"> | undefined {
  const kind = KINDS.find(({ classes }) => classes.test(className));
  return kind && { why: kind.why, instead: kind.instead };
}
