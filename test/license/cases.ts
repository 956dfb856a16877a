// What a repository says, what is in it, what it was made from -> what oslm concludes. The conflicts are those seen in real
// repositories; where one has no real counterpart its name begins with `org/` or `base/`.
import type { Ancestor } from "../../src/license/evidence.js";
import type { LicenseState, LicenseVerdict } from "../../src/model/types.js";
import { TEXTS } from "./texts.js";

type List = string | readonly string[];

export interface Case {
  readonly repo: string;
  readonly license?: List;
  readonly name?: string;
  /** The card's license_link. */
  readonly link?: string;
  readonly relation?: string;
  /** An id of TEXTS: what the Hub asks consent to. */
  readonly prompt?: string;
  /** general.license of the GGUF file, and the names of its base models. */
  readonly header?: { readonly license?: string; readonly name?: string; readonly bases?: readonly string[] };
  /** Path -> an id of TEXTS, or a text of its own; null for one that cannot be read. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** Nearest first: card's license, the bases' own bases, license file; a text is a gap. */
  readonly bases?: Readonly<Record<string, Base>>;
  readonly expect: Expected;
}

type Base = Exclude<Extract<Ancestor, { gap: string }>["gap"], ""> | BaseRepo;
interface BaseRepo {
  readonly license?: List;
  readonly name?: string;
  readonly text?: string;
  readonly bases?: readonly string[];
}

export interface Expected {
  readonly id: string;
  readonly state: LicenseState;
  readonly decision: LicenseVerdict["decision"];
  /** The repository that sets the floor. */
  readonly floor?: string;
  /** The kinds of conflicts. */
  readonly conflicts?: readonly string[];
}

const LLAMA3: Base = { license: "llama3", text: "llama3" };
const LLAMA31: Base = { license: "llama3.1", text: "llama3.1" };
const LLAMA32: Base = { license: "llama3.2", text: "llama3.2" };
const GEMMA: Base = { license: "gemma" };
const APACHE: Base = { license: "apache-2.0", text: "apache-2.0" };
const named = (id: string): Expected => ({
  ...{ id, state: "looser", decision: "ask", conflicts: ["name-suggests-other"] },
});
const fromBase = (id: string, floor: string): Expected => ({
  ...{ id, state: "looser", decision: "ask", floor, conflicts: ["looser-than-base"] },
});

export const CASES: Readonly<Record<string, Case>> = {
  // Every license alone: its card, and its text
  "apache-2.0, card and text": {
    ...{ repo: "mistralai/Mistral-7B-v0.3", license: "apache-2.0", files: { LICENSE: "apache-2.0" } },
    expect: { id: "apache-2.0", state: "agree", decision: "allow" },
  },
  "apache-2.0 without a text": {
    ...{ repo: "org/m", license: "apache-2.0" },
    expect: { id: "apache-2.0", state: "text-missing", decision: "allow" },
  },
  mit: {
    ...{ repo: "microsoft/phi-4", license: "mit", files: { LICENSE: "mit" } },
    expect: { id: "mit", state: "agree", decision: "allow" },
  },
  "an empty card with an MIT text": {
    ...{ repo: "org/m", files: { "LICENSE.txt": "mit" } },
    expect: { id: "mit", state: "agree", decision: "allow" },
  },
  "BigScience RAIL": {
    ...{
      repo: "bigscience/bloom",
      license: "bigscience-bloom-rail-1.0",
      files: { LICENSE: "bigscience-bloom-rail-1.0" },
    },
    expect: { id: "bigscience-bloom-rail-1.0", state: "agree", decision: "ask" },
  },
  OpenRAIL: {
    ...{ repo: "org/m", license: "openrail" },
    expect: { id: "openrail", state: "unresolvable", decision: "ask" },
  },
  "OpenRAIL, made clear by its text": {
    ...{ repo: "org/m", license: "openrail", files: { LICENSE: "creativeml-openrail-m" } },
    expect: { id: "creativeml-openrail-m", state: "agree", decision: "ask" },
  },
  "Llama 2": {
    ...{
      repo: "meta-llama/Llama-2-7b-hf",
      license: "llama2",
      files: { "LICENSE.txt": "llama2", "USE_POLICY.md": "..." },
    },
    expect: { id: "llama2", state: "agree", decision: "ask" },
  },
  "Llama 3": {
    ...{ repo: "meta-llama/Meta-Llama-3-8B", license: "llama3", files: { LICENSE: "llama3" } },
    expect: { id: "llama3", state: "agree", decision: "ask" },
  },
  "Llama 3.1": {
    ...{ repo: "meta-llama/Llama-3.1-8B", license: "llama3.1", files: { LICENSE: "llama3.1" } },
    expect: { id: "llama3.1", state: "agree", decision: "ask" },
  },
  "Llama 3.2": {
    ...{ repo: "meta-llama/Llama-3.2-1B", license: "llama3.2", files: { "LICENSE.txt": "llama3.2" } },
    expect: { id: "llama3.2", state: "agree", decision: "ask" },
  },
  "Llama 3.3, in Markdown": {
    ...{ repo: "meta-llama/Llama-3.3-70B-Instruct", license: "llama3.3", files: { LICENSE: "llama3.3" } },
    expect: { id: "llama3.3", state: "agree", decision: "ask" },
  },
  "Llama 4": {
    ...{ repo: "meta-llama/Llama-4-Scout-17B-16E", license: "other", name: "llama4", files: { LICENSE: "llama4" } },
    expect: { id: "llama4", state: "agree", decision: "ask" },
  },
  "Falcon 7B": {
    ...{ repo: "tiiuae/falcon-7b", license: "apache-2.0" },
    expect: { id: "apache-2.0", state: "text-missing", decision: "allow" },
  },
  "Falcon 180B, a serious model under `unknown`": {
    ...{ repo: "tiiuae/falcon-180B", license: "unknown", files: { LICENSE: "falcon-180b" } },
    expect: { id: "falcon-180b", state: "agree", decision: "ask" },
  },
  "Falcon 3": {
    ...{ repo: "tiiuae/Falcon3-7B-Base", license: "other", name: "falcon-llm-license" },
    expect: { id: "falcon-llm-license", state: "text-missing", decision: "ask" },
  },
  "Gemma 3": {
    ...{ repo: "google/gemma-3-4b-it", license: "gemma", files: { LICENSE: "gemma" } },
    expect: { id: "gemma", state: "agree", decision: "ask" },
  },
  "Gemma 4 is Apache": {
    ...{ repo: "google/gemma-4-4b-it", license: "apache-2.0" },
    expect: { id: "apache-2.0", state: "text-missing", decision: "allow" },
  },
  "Qwen2.5 72B": {
    ...{ repo: "Qwen/Qwen2.5-72B", license: "other", name: "qwen", files: { LICENSE: "qwen" } },
    expect: { id: "qwen", state: "agree", decision: "ask" },
  },
  "Qwen2.5 3B": {
    ...{ repo: "Qwen/Qwen2.5-3B", license: "other", name: "qwen-research", files: { LICENSE: "qwen-research" } },
    expect: { id: "qwen-research", state: "agree", decision: "ask" },
  },
  "Qwen2.5 7B, the same family": {
    ...{ repo: "Qwen/Qwen2.5-7B", license: "apache-2.0", files: { LICENSE: "apache-2.0" } },
    expect: { id: "apache-2.0", state: "agree", decision: "allow" },
  },
  "Qwen 1": {
    repo: "Qwen/Qwen-7B",
    ...{ license: "other", name: "tongyi-qianwen-license-agreement", files: { LICENSE: "tongyi-qianwen" } },
    expect: { id: "tongyi-qianwen", state: "agree", decision: "ask" },
  },
  "DeepSeek V3: code license beside model license": {
    ...{ repo: "deepseek-ai/DeepSeek-V3", license: [] },
    files: { "LICENSE-CODE": "mit", "LICENSE-MODEL": "deepseek-license" },
    expect: { id: "deepseek-license", state: "agree", decision: "ask" },
  },
  "DeepSeek R1": {
    ...{ repo: "deepseek-ai/DeepSeek-R1", license: "mit", files: { LICENSE: "mit" } },
    expect: { id: "mit", state: "agree", decision: "allow" },
  },
  "EXAONE: a version line alone tells it": {
    ...{ repo: "LGAI-EXAONE/EXAONE-3.5-2.4B-Instruct", license: "other", name: "exaone", files: { LICENSE: "exaone" } },
    expect: { id: "exaone", state: "agree", decision: "ask" },
  },
  "GPL, its version told by the text": {
    ...{ repo: "org/m", license: "gpl", files: { COPYING: "gpl-3.0" } },
    expect: { id: "gpl-3.0", state: "agree", decision: "ask" },
  },
  "a list, honestly": {
    ...{ repo: "org/m", license: ["mit", "llama3.1"], files: { LICENSE: "llama3.1" } },
    expect: { id: "llama3.1 AND mit", state: "agree", decision: "ask" },
  },

  // Modified MIT
  "Kimi K2, honestly": {
    ...{
      repo: "moonshotai/Kimi-K2-Instruct",
      license: "other",
      name: "modified-mit",
      files: { LICENSE: "modified-mit-kimi" },
    },
    expect: { id: "modified-mit-kimi", state: "agree", decision: "ask" },
  },
  "Kimi K2, its card says mit": {
    ...{ repo: "org/Kimi-K2-GGUF", license: "mit", files: { LICENSE: "modified-mit-kimi" } },
    expect: { id: "modified-mit-kimi", state: "looser", decision: "ask", conflicts: ["text-differs"] },
  },
  "MiniMax M2, its card says mit": {
    ...{ repo: "MiniMaxAI/MiniMax-M2", license: "mit", files: { LICENSE: "modified-mit-minimax" } },
    expect: { id: "modified-mit-minimax", state: "looser", decision: "ask", conflicts: ["text-differs"] },
  },
  "a modified MIT that nobody knows": {
    ...{ repo: "org/m", license: "mit" },
    files: { LICENSE: `${TEXTS.mit}\nOur only modification is that you pay us.` },
    expect: { id: "modified-mit", state: "looser", decision: "ask", conflicts: ["text-differs"] },
  },

  // The real conflicts
  "Llama 3 tagged apache-2.0, without a base": {
    ...{ repo: "vaibhavsatpathy/Llama-3-8B-GGUF", license: "apache-2.0" },
    expect: named("apache-2.0"),
  },
  "Llama 3 dedicated to the public domain by a re-uploader": {
    ...{ repo: "LWDCLS/Meta-Llama-3-8B-Instruct-GGUF-Imatrix-Request", license: "unlicense" },
    expect: named("unlicense"),
  },
  "Llama 3.1 with an empty card": {
    ...{ repo: "shuyuej/Llama-3.1-8B-Instruct-2048", license: "apache-2.0" },
    expect: named("apache-2.0"),
  },
  "a GGUF of Llama 3.2": {
    ...{ repo: "alibidaran/llama3.2-python-action-gguf", license: "apache-2.0" },
    expect: named("apache-2.0"),
  },
  "a fine-tune drops the terms, its quantization copies that": {
    ...{ repo: "QuantFactory/Llama-3.2-3B-Agent007-GGUF", license: "apache-2.0", relation: "quantized" },
    bases: {
      "EpistemeAI/Llama-3.2-3B-Agent007": { license: "apache-2.0", bases: ["meta-llama/Llama-3.2-3B-Instruct"] },
      "meta-llama/Llama-3.2-3B-Instruct": LLAMA32,
    },
    expect: fromBase("apache-2.0 AND llama3.2", "meta-llama/Llama-3.2-3B-Instruct"),
  },
  "OneLLM Doey": {
    ...{ repo: "DoeyLLM/OneLLM-Doey-V1-Llama-3.2-3B", license: "apache-2.0", relation: "finetune" },
    bases: { "meta-llama/Llama-3.2-3B": LLAMA32 },
    expect: fromBase("apache-2.0 AND llama3.2", "meta-llama/Llama-3.2-3B"),
  },
  FineMath: {
    ...{ repo: "HuggingFaceTB/FineMath-Llama-3B", license: "apache-2.0" },
    bases: { "meta-llama/Llama-3.2-3B": LLAMA32 },
    expect: fromBase("apache-2.0 AND llama3.2", "meta-llama/Llama-3.2-3B"),
  },
  "LocalAI's function caller": {
    ...{ repo: "mudler/LocalAI-functioncall-llama3.2-3b-v0.5", license: "apache-2.0" },
    expect: named("apache-2.0"),
  },
  FastLlama: {
    ...{ repo: "suayptalha/FastLlama-3.2-1B-Instruct", license: "apache-2.0" },
    bases: { "meta-llama/Llama-3.2-1B-Instruct": LLAMA32 },
    expect: fromBase("apache-2.0 AND llama3.2", "meta-llama/Llama-3.2-1B-Instruct"),
  },
  "an image license on a text model": {
    ...{ repo: "prithivMLmods/Llama-3.1-8B-Open-SFT", license: "creativeml-openrail-m" },
    bases: { "meta-llama/Llama-3.1-8B-Instruct": LLAMA31 },
    expect: fromBase("creativeml-openrail-m AND llama3.1", "meta-llama/Llama-3.1-8B-Instruct"),
  },
  "the same without a base": {
    ...{ repo: "prithivMLmods/Llama-3.1-8B-Open-SFT", license: "creativeml-openrail-m" },
    expect: named("creativeml-openrail-m"),
  },
  wtfpl: {
    ...{ repo: "lodrick-the-lafted/llama-3.1-8b-instruct-ortho-v3", license: "wtfpl" },
    expect: named("wtfpl"),
  },
  "Ultravox: mit for the adapter, Llama for the rest": {
    ...{ repo: "fixie-ai/ultravox-v0_5-llama-3_2-1b", license: "mit", relation: "adapter" },
    bases: { "meta-llama/Llama-3.2-1B-Instruct": LLAMA32, "openai/whisper-large-v3-turbo": { license: "mit" } },
    expect: fromBase("mit AND llama3.2", "meta-llama/Llama-3.2-1B-Instruct"),
  },
  "Ultravox as a GGUF without a base": {
    ...{ repo: "ggml-org/ultravox-v0_5-llama-3_1-8b-GGUF", license: "mit" },
    expect: named("mit"),
  },
  "Gemma 3 is not Apache": {
    ...{ repo: "soob3123/amoral-gemma3-4B", license: "apache-2.0" },
    expect: named("apache-2.0"),
  },
  "Gemma 3 is not Apache, its base says": {
    ...{ repo: "DavidAU/Gemma-3-4b-it-Uncensored", license: "apache-2.0", bases: { "google/gemma-3-4b-it": GEMMA } },
    expect: fromBase("apache-2.0 AND gemma", "google/gemma-3-4b-it"),
  },
  "R1 distilled into Llama 8B, relabelled by its vendor": {
    ...{ repo: "deepseek-ai/DeepSeek-R1-Distill-Llama-8B", license: "mit", files: { LICENSE: "mit" } },
    expect: named("mit"),
  },
  "R1 distilled into Llama 70B": {
    ...{ repo: "deepseek-ai/DeepSeek-R1-Distill-Llama-70B", license: "mit" },
    bases: { "meta-llama/Llama-3.3-70B-Instruct": { license: "llama3.3", text: "llama3.3" } },
    expect: fromBase("mit AND llama3.3", "meta-llama/Llama-3.3-70B-Instruct"),
  },
  "Pixtral Large, the quantizer's template says Apache": {
    ...{
      repo: "RedHatAI/Pixtral-Large-Instruct-2411-hf-quantized.w4a16",
      license: "apache-2.0",
      relation: "quantized",
    },
    bases: { "mistralai/Pixtral-Large-Instruct-2411": { license: "other", name: "mrl", text: "mrl" } },
    expect: fromBase("mrl", "mistralai/Pixtral-Large-Instruct-2411"),
  },
  "the same, mended": {
    ...{ repo: "RedHatAI/Pixtral-Large-Instruct-2411-hf-quantized.w4a16", license: "other", name: "mrl" },
    bases: { "mistralai/Pixtral-Large-Instruct-2411": { license: "other", name: "mrl", text: "mrl" } },
    expect: { id: "mrl", state: "text-missing", decision: "ask", floor: "mistralai/Pixtral-Large-Instruct-2411" },
  },
  "permissive to permissive: both notices are kept": {
    ...{ repo: "FastFlowLM/Qwen3-8B-NPU2", license: "mit", relation: "finetune", bases: { "Qwen/Qwen3-8B": APACHE } },
    expect: { id: "mit AND apache-2.0", state: "text-missing", decision: "allow", floor: "Qwen/Qwen3-8B" },
  },
  "LLaVA on Vicuna on Llama 2": {
    ...{ repo: "org/llava-v1.5-7b", license: "apache-2.0" },
    bases: {
      "lmsys/vicuna-7b-v1.5": { license: "llama2", bases: ["meta-llama/Llama-2-7b-hf"] },
      "meta-llama/Llama-2-7b-hf": { license: "llama2", text: "llama2" },
    },
    expect: fromBase("apache-2.0 AND llama2", "meta-llama/Llama-2-7b-hf"),
  },
  "CSM: its base is not declared, nothing can be seen": {
    ...{ repo: "sesame/csm-1b", license: "apache-2.0" },
    expect: { id: "apache-2.0", state: "text-missing", decision: "allow" },
  },
  "UltraShape: the card Apache, the file Tencent": {
    ...{ repo: "infinith/UltraShape", license: "apache-2.0", files: { LICENSE: "tencent-hunyuan-community" } },
    expect: { id: "tencent-hunyuan-community", state: "looser", decision: "ask", conflicts: ["text-differs"] },
  },
  "BLIP-2 holds OPT": {
    ...{ repo: "Salesforce/blip2-opt-2.7b", license: "mit" },
    expect: named("mit"),
  },
  "phi-2: the quantization kept a license that its base has left": {
    ...{ repo: "TheBloke/phi-2-GGUF", license: "other", name: "microsoft-research-license" },
    bases: { "microsoft/phi-2": { license: "mit", text: "mit" } },
    expect: { id: "microsoft-research-license AND mit", state: "stricter", decision: "ask" },
  },
  "SDXL Turbo: an old name, the text of the community license": {
    ...{ repo: "stabilityai/sdxl-turbo", license: "other", name: "sai-nc-community" },
    files: { "LICENSE.md": "stabilityai-ai-community" },
    expect: { id: "stabilityai-ai-community", state: "agree", decision: "ask" },
  },
  "MiniMax M2.7: `other`, and a text": {
    ...{
      repo: "MiniMaxAI/MiniMax-M2.7",
      license: "other",
      name: "other",
      files: { LICENSE: "minimax-non-commercial" },
    },
    expect: { id: "minimax-non-commercial", state: "agree", decision: "ask" },
  },
  "an alias and no conflict": {
    ...{
      repo: "NousResearch/Meta-Llama-3-8B",
      license: "other",
      name: "llama3",
      bases: { "meta-llama/Meta-Llama-3-8B": LLAMA3 },
    },
    expect: { id: "llama3", state: "text-missing", decision: "ask", floor: "meta-llama/Meta-Llama-3-8B" },
  },

  // Files
  "MODEL_LICENSE before LICENSE": {
    ...{ repo: "org/m", license: "other", files: { LICENSE: "apache-2.0", MODEL_LICENSE: "gemma" } },
    expect: { id: "gemma", state: "agree", decision: "ask" },
  },
  "a card stricter than the text": {
    ...{ repo: "org/m", license: "cc-by-nc-4.0", files: { LICENSE: "apache-2.0" } },
    expect: { id: "cc-by-nc-4.0", state: "stricter", decision: "ask" },
  },
  "an unlisted name whose text is Apache": {
    ...{ repo: "org/m", license: "other", name: "acme-open", files: { LICENSE: "apache-2.0" } },
    expect: { id: "apache-2.0", state: "agree", decision: "allow" },
  },
  "a text that nobody knows": {
    ...{ repo: "org/m", license: "apache-2.0", files: { LICENSE: "You may not. ".repeat(200) } },
    expect: { id: "apache-2.0", state: "unresolvable", decision: "ask" },
  },
  "a text that only points": {
    ...{ repo: "org/m", license: "apache-2.0", files: { LICENSE: "Apache-2.0, as the base model." } },
    expect: { id: "apache-2.0", state: "agree", decision: "allow" },
  },
  "a text that cannot be read": {
    ...{ repo: "org/m", license: "mit", files: { LICENSE: null } },
    expect: { id: "mit", state: "unresolvable", decision: "ask" },
  },
  "a NOTICE that was left in": {
    ...{ repo: "org/m", license: "apache-2.0" },
    files: {
      LICENSE: "apache-2.0",
      NOTICE:
        "Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms, Inc. All Rights Reserved.",
    },
    expect: { id: "apache-2.0 AND llama3.1", state: "looser", decision: "ask", conflicts: ["text-differs"] },
  },
  "permissive texts that differ": {
    ...{ repo: "org/m", license: "apache-2.0", files: { LICENSE: "mit" } },
    expect: { id: "mit AND apache-2.0", state: "looser", decision: "ask", conflicts: ["text-differs"] },
  },
  "only a license of the code": {
    ...{ repo: "org/m", license: "gemma", files: { "LICENSE-CODE": "apache-2.0" } },
    expect: { id: "gemma", state: "text-missing", decision: "ask" },
  },

  // Texts in odd places
  "UltraShape, its license beside the weights": {
    ...{ repo: "infinith/UltraShape", license: "apache-2.0" },
    files: { "checkpoints/LICENSE": "tencent-hunyuan-community", "checkpoints/m.bin": "..." },
    expect: { id: "tencent-hunyuan-community", state: "looser", decision: "ask", conflicts: ["text-differs"] },
  },
  "a license that only a PDF holds": {
    ...{ repo: "apple/m", license: "apache-2.0", files: { LICENSE: "apache-2.0", "Apple-License.pdf": "..." } },
    expect: { id: "apache-2.0", state: "unresolvable", decision: "ask" },
  },
  "a strict LICENSE beside a free one for the model": {
    ...{ repo: "org/m", license: "mit", files: { LICENSE: "gemma", "LICENSE-MODEL": "mit" } },
    expect: { id: "mit AND gemma", state: "looser", decision: "ask", conflicts: ["text-differs"] },
  },
  "the licenses of what it was built with": {
    ...{ repo: "org/m", license: "mit", files: { LICENSE: "mit", "third_party/x/LICENSE": "gpl-3.0" } },
    expect: { id: "mit", state: "agree", decision: "allow" },
  },

  // Links and gate prompts
  "SDXL Turbo: an old name, a link to the community license": {
    ...{ repo: "stabilityai/sdxl-turbo", license: "other", name: "sai-nc-community" },
    link: "https://stability.ai/community-license-agreement",
    expect: { id: "stabilityai-ai-community", state: "text-missing", decision: "ask" },
  },
  "Qwen2.5 3B as Apache, with the link of the original left in": {
    ...{ repo: "org/assistant-GGUF", license: "apache-2.0" },
    link: "https://huggingface.co/Qwen/Qwen2.5-3B/blob/main/LICENSE",
    expect: {
      ...{ id: "apache-2.0 AND qwen-research", state: "looser", decision: "ask" },
      conflicts: ["card-contradicts-itself"],
    },
  },
  "`other` and nothing but a link": {
    ...{ repo: "org/m", license: "other", link: "https://ai.google.dev/gemma/terms" },
    expect: { id: "gemma", state: "text-missing", decision: "ask" },
  },
  "a license in a repository that nobody has read": {
    ...{ repo: "org/m", license: "apache-2.0", link: "https://huggingface.co/acme/base/blob/main/LICENSE" },
    expect: { id: "apache-2.0", state: "unresolvable", decision: "ask" },
  },
  "Pixtral Large as Apache, its gate asks for more": {
    ...{ repo: "org/pixtral-gguf", license: "apache-2.0", prompt: "mrl" },
    expect: { id: "mrl", state: "looser", decision: "ask", conflicts: ["text-differs"] },
  },

  // Headers
  "Llama 3 dedicated to the public domain, its header remembers": {
    ...{ repo: "org/assistant-GGUF", license: "unlicense", header: { license: "llama3" } },
    expect: { id: "unlicense AND llama3", state: "looser", decision: "ask", conflicts: ["header-differs"] },
  },
  "CSM as a GGUF: the header names the base that the card does not": {
    ...{ repo: "org/csm-1b-GGUF", license: "apache-2.0", header: { bases: ["Llama 3.2 1B"] } },
    expect: { id: "apache-2.0", state: "looser", decision: "ask", conflicts: ["name-suggests-other"] },
  },
  "Pixtral Large tagged Apache by the quantizer, the header as converted": {
    ...{ repo: "org/pixtral-gguf", license: "apache-2.0", header: { license: "other", name: "mrl" } },
    expect: { id: "apache-2.0 AND mrl", state: "looser", decision: "ask", conflicts: ["header-differs"] },
  },
  "BLIP-2 under another name": {
    ...{ repo: "org/captions-gguf", license: "mit", header: { license: "other", name: "opt-175b-license" } },
    expect: { id: "mit AND opt-175b-license", state: "looser", decision: "ask", conflicts: ["header-differs"] },
  },
  "Llama with a header that says MIT": {
    ...{ repo: "org/m", license: "llama3.1", header: { license: "mit" } },
    expect: { id: "llama3.1", state: "text-missing", decision: "ask" },
  },
  "a header that says what the base does": {
    ...{ repo: "org/m", license: "llama3.1", bases: { "base/l": LLAMA31 } },
    header: { license: "llama3.1", bases: ["Llama 3.1 8B"] },
    expect: { id: "llama3.1", state: "text-missing", decision: "ask", floor: "base/l" },
  },
  "a silent card, a header that tells": {
    ...{ repo: "org/m", header: { license: "gemma" } },
    expect: { id: "unknown AND gemma", state: "unresolvable", decision: "ask" },
  },

  // Base models
  "a quantization that agrees": {
    ...{ repo: "org/m-GGUF", license: "apache-2.0", relation: "quantized", bases: { "base/m": APACHE } },
    expect: { id: "apache-2.0", state: "text-missing", decision: "allow", floor: "base/m" },
  },
  "a non-commercial fine-tune of Apache is legitimate": {
    ...{ repo: "org/m", license: "cc-by-nc-4.0", bases: { "base/m": APACHE } },
    expect: { id: "cc-by-nc-4.0 AND apache-2.0", state: "stricter", decision: "ask" },
  },
  "a non-commercial fine-tune of Llama is bound by both, and hides nothing": {
    ...{ repo: "org/m", license: "cc-by-nc-4.0", bases: { "base/l": LLAMA31 } },
    expect: { id: "cc-by-nc-4.0 AND llama3.1", state: "stricter", decision: "ask" },
  },
  "a merge has the terms of both": {
    ...{
      repo: "org/m",
      license: ["llama3.1", "gemma"],
      relation: "merge",
      bases: { "base/l": LLAMA31, "base/g": GEMMA },
    },
    expect: { id: "llama3.1 AND gemma", state: "text-missing", decision: "ask", floor: "base/g" },
  },
  "a merge that forgets one": {
    ...{ repo: "org/m", license: "llama3.1", relation: "merge", bases: { "base/l": LLAMA31, "base/g": GEMMA } },
    expect: fromBase("llama3.1 AND gemma", "base/g"),
  },
  "Llama 3 where the base is Llama 3.1": {
    ...{ repo: "org/m", license: "llama3", bases: { "base/l": LLAMA31 } },
    expect: fromBase("llama3 AND llama3.1", "base/l"),
  },
  "a quantization of Llama under Gemma's terms": {
    ...{ repo: "org/m-GGUF", license: "gemma", relation: "quantized", bases: { "base/l": LLAMA31 } },
    expect: fromBase("gemma AND llama3.1", "base/l"),
  },
  "the base's card lies, its text does not": {
    ...{ repo: "org/m", license: "apache-2.0", bases: { "base/m": { license: "apache-2.0", text: "gemma" } } },
    expect: fromBase("apache-2.0 AND gemma", "base/m"),
  },
  "a missing base": {
    ...{ repo: "org/m", license: "apache-2.0", bases: { "gone/m": "missing" } },
    expect: { id: "apache-2.0", state: "unresolvable", decision: "ask" },
  },
  "a missing root": {
    ...{
      repo: "org/m",
      license: "mit",
      bases: { "base/m": { license: "mit", bases: ["gone/m"] }, "gone/m": "missing" },
    },
    expect: { id: "mit", state: "unresolvable", decision: "ask", floor: "base/m" },
  },
  "a base that is a folder": {
    ...{ repo: "org/m", license: "mit", bases: { "./outputs/checkpoint-300": "no-repository" } },
    expect: { id: "mit", state: "unresolvable", decision: "ask" },
  },
  "a base whose reply makes no sense": {
    ...{ repo: "org/m", license: "mit", bases: { "base/m": "unreadable" } },
    expect: { id: "mit", state: "unresolvable", decision: "ask" },
  },
  "too many bases": {
    ...{ repo: "org/m", license: "mit", bases: { "base/m": "too-many" } },
    expect: { id: "mit", state: "unresolvable", decision: "ask" },
  },
  "a base without a license": {
    ...{ repo: "org/m", license: "apache-2.0", bases: { "base/m": {} } },
    expect: { id: "apache-2.0 AND unknown", state: "unresolvable", decision: "ask", floor: "base/m" },
  },
  "a base under `other`": {
    ...{ repo: "org/m", license: "apache-2.0", bases: { "base/m": { license: "other" } } },
    expect: { id: "apache-2.0 AND other", state: "unresolvable", decision: "ask", floor: "base/m" },
  },
  "a cycle of two": {
    ...{ repo: "org/a", license: "mit", bases: { "org/b": { license: "mit", bases: ["org/a"] } } },
    expect: { id: "mit", state: "unresolvable", decision: "ask", floor: "org/b" },
  },
  "a cycle among its bases": {
    ...{ repo: "org/a", license: "mit" },
    bases: { "org/b": { license: "mit", bases: ["org/c"] }, "org/c": { license: "mit", bases: ["org/b"] } },
    expect: { id: "mit", state: "unresolvable", decision: "ask", floor: "org/c" },
  },
  "a cycle beside an honest root": {
    ...{ repo: "org/a", license: "mit" },
    bases: {
      "org/b": { license: "mit", bases: ["org/c"] },
      "org/c": { license: "mit", bases: ["org/b"] },
      "org/d": { license: "mit" },
    },
    expect: { id: "mit", state: "unresolvable", decision: "ask" },
  },
  "a free text with another sentence behind it": {
    ...{ repo: "org/a", license: "mit" },
    files: { LICENSE: `${TEXTS.mit}\nAdditional restriction: not for commercial purposes.` },
    expect: { id: "mit", state: "unresolvable", decision: "ask" },
  },
  "a license that only seems to be one for code": {
    ...{ repo: "org/a", license: "mit" },
    files: { "LICENSE-nocode": TEXTS["cc-by-nc-4.0"] ?? "" },
    expect: { id: "cc-by-nc-4.0", state: "looser", decision: "ask", conflicts: ["text-differs"] },
  },
  "a base that names itself": {
    ...{ repo: "org/a", license: "mit", bases: { "org/b": { license: "mit", bases: ["org/b"] } } },
    expect: { id: "mit", state: "text-missing", decision: "allow", floor: "org/b" },
  },
  "a silent card under a known base": {
    ...{ repo: "org/m", bases: { "base/m": APACHE } },
    expect: { id: "unknown AND apache-2.0", state: "unresolvable", decision: "ask" },
  },
  "four links to the root": {
    ...{ repo: "org/m", license: "apache-2.0" },
    bases: {
      "org/merge": { license: "apache-2.0", bases: ["org/tune"] },
      "org/tune": { license: "mit", bases: ["org/mirror"] },
      "org/mirror": { license: "other", bases: ["meta-llama/Llama-3.1-8B"] },
      "meta-llama/Llama-3.1-8B": LLAMA31,
    },
    expect: {
      ...{ id: "apache-2.0 AND mit AND other AND llama3.1", state: "looser", decision: "ask" },
      ...{ floor: "meta-llama/Llama-3.1-8B", conflicts: ["looser-than-base"] },
    },
  },

  // Names that only look so
  TinyLlama: {
    ...{ repo: "TinyLlama/TinyLlama-1.1B-Chat-v1.0", license: "apache-2.0" },
    expect: { id: "apache-2.0", state: "text-missing", decision: "allow" },
  },
  OpenLLaMA: {
    ...{ repo: "openlm-research/open_llama_3b_v2", license: "apache-2.0" },
    expect: { id: "apache-2.0", state: "text-missing", decision: "allow" },
  },
};
