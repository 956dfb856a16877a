// The process behind many-models.ts.

import { type FakeRepo, startFakeHub } from "../../test/support/fake-hub.js";
import { monitorTimes } from "./monitor-times.js";

const QUANTS = ["Q2_K", "Q3_K_M", "Q4_0", "Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K", "Q8_0", "F16"];
const LICENSES = ["apache-2.0", "mit", "llama3.2", "gemma", "cc-by-nc-4.0"];
const content = Buffer.from("GGUF");

function model(index: number): FakeRepo {
  const files = QUANTS.map((quant) => [`model-${index}-${quant}.gguf`, content] as const);
  return {
    id: `org-${index % 100}/model-${index}-GGUF`,
    files: Object.fromEntries([...files, ["README.md", Buffer.from(`# Model ${index}\n`)]]),
    card: { license: LICENSES[index % LICENSES.length] ?? "mit", base_model: `org-${index % 100}/model-${index}` },
    commit: index.toString(16).padStart(40, "0"),
    downloads: 1_000_000 - index,
    gguf: {
      ...{ architecture: "llama", total: (1 + (index % 70)) * 1e9, context_length: 131_072 },
      // As long as usual.
      chat_template: "{{ messages }}".repeat(400),
    },
  };
}

const count = Number(process.env.BENCH_MODELS);
const hub = await startFakeHub({ repos: Array.from({ length: count }, (_, index) => model(index)) });
const times = monitorTimes();
process.on("message", () => process.send?.({ endpoint: hub.endpoint, times: times.take() }));
process.send?.({ endpoint: hub.endpoint, times: [] });
