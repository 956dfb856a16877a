// All cases of cases.ts, judged.
import { expect, it } from "vitest";
import type { Ancestor } from "../../src/license/evidence.js";
import { findLicenseFiles, GATE_PROMPT } from "../../src/license/text-files.js";
import { judgeLicense, type LicenseEvidence } from "../../src/license/verdict.js";
import type { ModelCard } from "../../src/model/types.js";
import { CASES, type Case } from "./cases.js";
import { TEXTS } from "./texts.js";

function cardOf(license: string | readonly string[] = [], name?: string): ModelCard {
  return { license: [license].flat(), baseModels: [], ...(name !== undefined && { licenseName: name }) };
}

function evidenceOf({
  repo,
  license,
  name,
  link,
  relation,
  prompt,
  header,
  files = {},
  bases = {},
}: Case): LicenseEvidence {
  const { found, unread } = findLicenseFiles(Object.keys(files));
  const texts = found.map((file) => {
    const text = files[file.path] ?? null;
    return { ...file, text: text === null ? null : (TEXTS[text] ?? text) };
  });
  const ancestors = Object.entries(bases).map(([base, what]): Ancestor => {
    if (typeof what === "string") return { repo: base, gap: what };
    const text = what.text === undefined ? [] : [{ path: "LICENSE", text: TEXTS[what.text] ?? "" }];
    const card = { ...cardOf(what.license, what.name), baseModels: what.bases ?? [] };
    return { repo: base, commit: "0".repeat(40), card, texts: text };
  });
  const asked = prompt === undefined ? [] : [{ path: GATE_PROMPT, kind: "prompt" as const, text: TEXTS[prompt] ?? "" }];
  const words = { license: header?.license ?? null, licenseName: header?.name ?? null, licenseLink: null };
  const headers = header === undefined ? [] : [{ file: "m.gguf", ...words, baseModels: header.bases ?? [] }];
  const linked = link === undefined ? {} : { licenseLink: link };
  const card = { ...cardOf(license, name), ...linked, ...(relation !== undefined && { baseRelation: relation }) };
  return { repo, card, texts: [...texts, ...asked], unread, headers, ancestors };
}

/** Where cards and what governs have been seen to part, from 2024 to 2026: names, or what they have in common. */
const SEEN = [
  ...["vaibhavsatpathy/Llama-3-8B-GGUF", "LWDCLS/Meta-Llama-3-8B-Instruct-GGUF-Imatrix-Request"],
  ...["shuyuej/Llama-3.1-8B-Instruct-2048", "alibidaran/llama3.2-python-action-gguf"],
  ...["QuantFactory/Llama-3.2-3B-Agent007-GGUF", "OneLLM-Doey-V1-Llama-3.2-3B", "HuggingFaceTB/FineMath-Llama-3B"],
  ...["mudler/LocalAI-functioncall-llama3.2-", "suayptalha/FastLlama-3.2-1B-Instruct"],
  ...["prithivMLmods/Llama-3.1-8B-Open-SFT", "lodrick-the-lafted/llama-3.1-8b-instruct-ortho-v3"],
  ...["fixie-ai/ultravox-v0_5-llama-3_", "ggml-org/ultravox-v0_5-llama-3_", "soob3123/amoral-gemma3-"],
  ...["DavidAU/Gemma-3-4b-it-", "deepseek-ai/DeepSeek-R1-Distill-Llama-8B", "DeepSeek-R1-Distill-Llama-70B"],
  ...["RedHatAI/Pixtral-Large-Instruct-2411-hf-quantized.w4a16", "FastFlowLM/Qwen3-8B-NPU2", "llava-v1.5-7b"],
  ...["sesame/csm-1b", "UltraShape", "Salesforce/blip2-opt-", "TheBloke/phi-2-GGUF", "stabilityai/sdxl-turbo"],
  ...["MiniMaxAI/MiniMax-M2.7", "NousResearch/Meta-Llama-3-8B", "Qwen/Qwen2.5-3B", "Qwen/Qwen2.5-72B"],
];

it.each(SEEN)("has a case like %s", (name) => {
  expect(Object.values(CASES).some(({ repo }) => repo.includes(name))).toBe(true);
});

it("has at least 60 cases", () => {
  expect(Object.keys(CASES).length).toBeGreaterThanOrEqual(60);
});

it.each(Object.entries(CASES))("%s", (_, one) => {
  const verdict = judgeLicense(evidenceOf(one));
  const { id, state, decision } = verdict;
  const conflicts = verdict.conflicts.map(({ kind }) => kind);
  const { floor, conflicts: wanted = [], ...rest } = one.expect;
  expect({ id, state, decision, conflicts }).toEqual({ ...rest, conflicts: wanted });
  if (floor !== undefined) expect(verdict.floor).toBe(floor);
  // Once accepted by its whole id, it passes.
  expect(judgeLicense({ ...evidenceOf(one), accepted: [id] }).decision).toBe("allow");
  if (conflicts.length > 0) expect(verdict.reasons.some((reason) => reason.startsWith("Warning: "))).toBe(true);
});
