// Open in which sense, and from which facts: the classes, what is known of models, and how far it reaches.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Ancestor } from "../../src/license/evidence.js";
import { judgeOpenness } from "../../src/license/openness.js";
import { DEMO_TRAINING, listTrainingFacts, trainingFacts } from "../../src/license/training-facts.js";
import { judgeLicense, type LicenseEvidence } from "../../src/license/verdict.js";
import { isRepoId, LICENSE_CLASSES, type OpennessFact } from "../../src/model/types.js";

type Answer = OpennessFact["open"];

const training = (code: Answer, information: Answer, data: Answer): readonly OpennessFact[] => [
  { component: "training-code", open: code, source: "test" },
  { component: "data-information", open: information, source: "test" },
  { component: "training-data", open: data, source: "test" },
];
const card = (license: string, base?: string, baseRelation = "quantized") => ({
  license: [license],
  baseModels: base === undefined ? [] : [base],
  ...(base !== undefined && { baseRelation }),
});
const judge = (license: string, more: Partial<LicenseEvidence> = {}) => judgeLicense({ card: card(license), ...more });

describe("the class", () => {
  it.each<[string, readonly OpennessFact[], string]>([
    ["apache-2.0", training("yes", "yes", "yes"), "open-science"],
    ["apache-2.0", training("yes", "yes", "unknown"), "open-source"],
    ["apache-2.0", training("yes", "yes", "no"), "open-source"],
    // Data without a word on it is no information, and weights alone are never open source.
    ["apache-2.0", training("yes", "unknown", "yes"), "open-weights"],
    ["apache-2.0", training("yes", "no", "no"), "open-weights"],
    ["apache-2.0", training("unknown", "yes", "yes"), "open-weights"],
    ["apache-2.0", [], "open-weights"],
    ["gpl-3.0", training("yes", "yes", "yes"), "open-science"],
    ["cc0-1.0", training("yes", "yes", "no"), "open-source"],
    // However it was made, what one may do with it is what the license says.
    ["bigcode-openrail-m", training("yes", "yes", "yes"), "responsible-use"],
    ["llama3.1", training("yes", "yes", "yes"), "source-available"],
    ["cc-by-nc-4.0", training("yes", "yes", "yes"), "non-commercial"],
    ["qwen-research", training("yes", "yes", "yes"), "research-only"],
    ["made-up", training("yes", "yes", "yes"), "unknown"],
    // Doubt opens nothing.
    ["bsl-1.0", training("yes", "yes", "yes"), "unknown"],
  ])("of %s, %j: %s", (license, facts, openness) => {
    expect(judge(license, { training: facts }).openness).toBe(openness);
  });

  it("is nothing open where the evidence conflicts", () => {
    const disputed = { training: training("yes", "yes", "yes"), repo: "org/Llama-3.1-8B" };
    expect(judge("apache-2.0", disputed)).toMatchObject({
      openness: "unknown",
      opennessFacts: [
        { component: "weights", open: "unknown", source: "license apache-2.0 (permissive), in doubt" },
        {},
        {},
        {},
      ],
    });
    const denied = judge("apache-2.0", { ...disputed, texts: [{ path: "LICENSE", text: null }] });
    expect(denied.openness).toBe("unknown");
  });

  it("has a word for every license class, and calls none of them alone open source", () => {
    const weights = LICENSE_CLASSES.map((name) => {
      const { openness, opennessFacts } = judgeOpenness({ id: "x", class: name, doubtful: false }, []);
      return [openness, opennessFacts[0]?.open];
    });
    expect(weights).toEqual([
      ...Array(4).fill(["open-weights", "yes"]),
      ["responsible-use", "no"],
      ["source-available", "no"],
      ["non-commercial", "no"],
      ["research-only", "no"],
      ["unknown", "unknown"],
    ]);
  });
});

describe("what is known of a model", () => {
  const OLMO = "allenai/OLMo-2-1124-7B-Instruct";
  const ancestor = (repo: string, base?: string, relation?: string): Ancestor => ({
    ...{ repo, commit: "0".repeat(40), texts: [], card: card("apache-2.0", base, relation) },
  });
  const open = (...args: Parameters<typeof trainingFacts>) => trainingFacts(...args).map((fact) => fact.open);
  const UNKNOWN = ["unknown", "unknown", "unknown"];

  it("is told of the publisher's own repositories, with its source", () => {
    const facts = trainingFacts({ repo: OLMO, card: card("apache-2.0"), ancestors: [] });
    expect(facts).toEqual([
      { component: "training-code", open: "yes", source: "arXiv:2501.00656" },
      { component: "data-information", open: "yes", source: "arXiv:2501.00656" },
      { component: "training-data", open: "yes", source: "arXiv:2501.00656" },
    ]);
    expect(judge("apache-2.0", { repo: OLMO }).openness).toBe("open-science");
    expect(judge("apache-2.0", { repo: "HuggingFaceTB/SmolLM3-3B" }).openness).toBe("open-source");
    expect(judge("llama3.1", { repo: "meta-llama/Llama-3.1-8B" }).opennessFacts.at(-1)?.open).toBe("no");
    const chat = { repo: "LLM360/AmberChat", card: card("apache-2.0"), ancestors: [] };
    expect([open({ ...chat, repo: "LLM360/Amber" })[0], open(chat)]).toEqual(["yes", UNKNOWN]);
    // The same name in another organization is anybody's.
    expect(open({ repo: "someone/OLMo-2-1124-7B", card: card("apache-2.0"), ancestors: [] })).toEqual(UNKNOWN);
    expect(open({ card: card("apache-2.0"), ancestors: [] })).toEqual(UNKNOWN);
  });

  it("holds for quantizations, whose card names what they were made from", () => {
    const ancestors = [ancestor("one/GGUF", OLMO), ancestor(OLMO)];
    const direct = trainingFacts({ repo: "some/GGUF", card: card("apache-2.0", OLMO), ancestors });
    expect(direct[0]?.source).toBe(`arXiv:2501.00656, on ${OLMO}, of which the card says that this is a quantization`);
    expect(open({ repo: "two/GGUF", card: card("apache-2.0", "one/GGUF"), ancestors })).toEqual(["yes", "yes", "yes"]);
  });

  it.each<[string, Parameters<typeof trainingFacts>[0]]>([
    ["a finetune", { repo: "a/b", card: card("mit", OLMO, "finetune"), ancestors: [ancestor(OLMO)] }],
    ["an adapter", { repo: "a/b", card: card("mit", OLMO, "adapter"), ancestors: [ancestor(OLMO)] }],
    [
      "a quantized finetune",
      { repo: "a/b", card: card("mit", "c/d"), ancestors: [ancestor("c/d", OLMO, "finetune"), ancestor(OLMO)] },
    ],
    [
      "a quantization of two",
      { repo: "a/b", card: { ...card("mit", OLMO), baseModels: [OLMO, "c/d"] }, ancestors: [ancestor(OLMO)] },
    ],
    [
      "a base that nobody could read",
      { repo: "a/b", card: card("mit", OLMO), ancestors: [{ repo: OLMO, gap: "missing" }] },
    ],
    [
      "a circle",
      { repo: "a/b", card: card("mit", "c/d"), ancestors: [ancestor("c/d", "a/b"), ancestor("a/b", "c/d")] },
    ],
  ])("does not hold for %s", (_what, model) => {
    expect(open(model)).toEqual(UNKNOWN);
  });

  it("is all known of the demo model, which is our own", () => {
    expect(DEMO_TRAINING.map((fact) => fact.open)).toEqual(["yes", "yes", "yes"]);
  });

  it("names repositories of one organization each, once, and a source", () => {
    const all = listTrainingFacts().flatMap(({ repos }) => repos);
    for (const [index, start] of all.entries()) {
      expect(isRepoId(start), start).toBe(true);
      expect(all.indexOf(start)).toBe(index);
    }
    for (const { facts, confidence, source } of listTrainingFacts()) {
      expect(["high", "medium"]).toContain(confidence);
      expect(source.length).toBeGreaterThan(8);
      // Open source is a big word: it takes more than one person's memory.
      expect(source).not.toMatch(/memory|knowledge/);
      for (const answer of Object.values(facts)) expect(["yes", "no"]).toContain(answer);
      if (facts["training-data"] === "yes") expect(facts["data-information"]).toBe("yes");
    }
  });
});

it("is explained in docs/openness.md, each class and each component", () => {
  const page = readFileSync(new URL("../../docs/openness.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `([\w-]+)` /gm)].map(([, word]) => word);
  expect(rows).toEqual([
    ...["open-science", "open-source", "open-weights", "responsible-use", "source-available", "non-commercial"],
    ...["research-only", "unknown", "weights", "training-code", "data-information", "training-data"],
  ]);
});
