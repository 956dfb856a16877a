// The families that people name, and what each is held to.

export interface FamilyRow {
  readonly title: string;
  /** What is pulled and run: a name of the catalog. */
  readonly name: string;
  /**
   * `chat` answers in a template, `base` goes on with a text; `refused` is known and cannot be run, which has to be said with exit 9.
   */
  readonly kind: "chat" | "base" | "refused";
  /** The published template whose prompts test/runtime/real-templates.test.ts compares. */
  readonly template?: string;
  /** The synthetic model of its architecture whose memory is measured (synthetic-models.ts). */
  readonly measured?: string;
}

const chat = (title: string, name: string, template: string, measured?: string): FamilyRow => ({
  title,
  name,
  kind: "chat",
  template,
  ...(measured && { measured }),
});
const base = (title: string, name: string, measured: string): FamilyRow => ({ title, name, kind: "base", measured });
const refused = (title: string, name: string): FamilyRow => ({ title, name, kind: "refused" });

export const FAMILY_ROWS: readonly FamilyRow[] = [
  chat("LLaMA 2", "llama2", "llama2-7b", "llama-60m-q8_0"),
  chat("LLaMA 3", "llama3", "llama3-8b", "llama-0.8b-f16"),
  chat("LLaMA 3.1", "llama3.1", "meta-llama-Llama-3.3-70B-Instruct", "llama-0.8b-f16"),
  chat("LLaMA 3.2", "llama3.2", "meta-llama-Llama-3.2-3B-Instruct", "llama-0.8b-f16"),
  chat("LLaMA 3.3", "llama3.3", "meta-llama-Llama-3.3-70B-Instruct", "llama-0.8b-f16"),
  chat("Mistral 7B", "mistral-7b", "mistral-7b-instruct-v0.2", "llama-0.6b-q4_k"),
  chat("Mixtral 8x7B", "mixtral-8x7b", "mistral-v1", "mixtral-8x290m-q8_0"),
  chat("Falcon", "falcon", "known-falcon", "falcon-0.5b-f16"),
  base("Falcon 2", "falcon2", "falcon-0.5b-f16"),
  chat("Falcon 3", "falcon3", "falcon-instruct", "llama-60m-q8_0"),
  // ChatML, as it stands in a file of LLaVA 1.6.
  chat("Falcon-H1", "falcon-h1", "llava-34b", "falcon-h1-0.5b-q8_0"),
  base("BLOOM", "bloom", "bloom-400m-q8_0"),
  base("GPT-2", "gpt2", "gpt2-150m-f16"),
  chat("CodeLlama", "codellama", "llama2-7b", "llama-60m-q8_0"),
  base("StarCoder", "starcoder:15b", "starcoder-150m-f16"),
  base("StarCoderBase", "starcoderbase", "starcoder-150m-f16"),
  base("StarCoder2", "starcoder2", "starcoder2-0.4b-q4_k"),
  chat("DeepSeek Coder", "deepseek-coder", "deepseek-coder-33b-instruct", "llama-60m-q8_0"),
  chat("DeepSeek V2", "deepseek-v2", "deepseek-v2", "deepseek2-1b-q4_k"),
  chat("DeepSeek V3", "deepseek-v3", "deepseek-v3-671b", "deepseek2-1b-q4_k"),
  chat("DeepSeek R1", "deepseek-r1:671b", "deepseek-r1-8b", "deepseek2-1b-q4_k"),
  chat("DeepSeek R1 (distilled)", "deepseek-r1:7b", "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B", "qwen2-0.5b-q8_0"),
  chat("Qwen", "qwen", "qwen-0.5b", "qwen2-0.5b-q8_0"),
  chat("Qwen 2", "qwen2", "qwen2-0.5b", "qwen2-0.5b-q8_0"),
  chat("Qwen 2.5", "qwen2.5", "Qwen-Qwen2.5-7B-Instruct", "qwen2-0.5b-q8_0"),
  chat("Qwen 3 (mixture)", "qwen3:30b-a3b", "Qwen-Qwen3-0.6B", "qwen3moe-1b-q4_k"),
  chat("Gemma", "gemma", "google-gemma-7b-it", "gemma-0.9b-q8_0"),
  chat("Gemma 2", "gemma2", "google-gemma-2-2b-it", "gemma2-1.1b-q8_0"),
  chat("Gemma 3", "gemma3", "gemma3-1b", "gemma3-0.6b-q4_k"),
  chat("LLaVA", "llava", "mistral-7b-instruct-v0.2", "llama-0.6b-q4_k"),
  refused("BLIP-2", "blip2"),
  chat("TinyLlama", "tinyllama", "known-zephyr", "llama-0.6b-q4_k"),
  chat("Phi-2", "phi-2", "known-phi-2", "phi2-0.3b-f16"),
  chat("Phi-3", "phi3", "phi-3-mini", "phi3-0.6b-q4_k"),
  refused("Alpaca", "alpaca"),
  chat("Vicuna", "vicuna", "known-vicuna", "llama-60m-q8_0"),
  // What came after them; their memory is compared with the engine's count of a tiny model (test/families).
  chat("Llama 4", "llama4", "llama4"),
  chat("Mistral Nemo", "mistral-nemo", "mistralai-Mistral-Nemo-Instruct-2407"),
  chat("Ministral 3", "ministral-3", "mistralai-Ministral-3-14B-Reasoning-2512"),
  chat("Phi-4", "phi4", "phi-4"),
  chat("Gemma 4", "gemma4", "google-gemma-4-31B-it"),
  chat("Qwen 3.5", "qwen3.5", "Qwen3.5-4B"),
  chat("gpt-oss", "gpt-oss", "openai-gpt-oss-120b"),
  chat("SmolLM3", "smollm3", "HuggingFaceTB-SmolLM3-3B"),
  chat("Granite 4", "granite4:tiny-h", "ibm-granite-granite-4.0"),
  chat("Command R+", "command-r-plus", "command-r-plus-104b"),
  chat("Kimi K2", "kimi-k2", "Kimi-K2-Instruct"),
  chat("MiniMax M2", "minimax-m2", "MiniMax-M2"),
  chat("LFM2", "lfm2", "LFM2-8B-A1B"),
  chat("Seed-OSS", "seed-oss", "ByteDance-Seed-OSS"),
];
