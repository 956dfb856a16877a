// Every type that the library offers: it is made, has the size that was foretold, loads and answers.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FILE_TYPES, fileType } from "../../src/quantize/file-types.js";
import { planQuantize } from "../../src/quantize/plan.js";
import { createLlamaEngine } from "../../src/runtime/llama/engine.js";
import { legacyImatrix } from "../support/imatrix.js";
import { wideModel } from "../support/wide-model.js";
import { asking, LIBRARY, QuantizeRoom, quantizeAll, quickCall, sourceOf } from "./room.js";

const room = new QuantizeRoom();
afterAll(() => room.remove());
const { tensors, ...rest } = wideModel("F32", 1);
const input = room.write("wide.gguf", { ...rest, tensors });
const imatrix = room.path("wide.imatrix");
writeFileSync(imatrix, legacyImatrix(tensors.filter(({ dims }) => dims.length > 1)));

const ALL = FILE_TYPES.map(({ label }) => label);
const SAMPLING = {
  ...{ temp: 0, topP: 1, topK: 0, minP: 0, seed: 1 },
  ...{ repeatPenalty: 1, presencePenalty: 0, frequencyPenalty: 0, repeatLastN: 0 },
};

describe.skipIf(process.platform !== "linux")("the types", () => {
  const made = new Map<string, { readonly path: string; readonly told: number | undefined }>();
  beforeAll(async () => {
    const source = await sourceOf(input);
    for (const needs of [false, true]) {
      const labels = FILE_TYPES.filter(({ needsImatrix }) => needsImatrix === needs).map(({ label }) => label);
      const matrix = needs ? { imatrix } : {};
      const calls = labels.map((label) => quickCall(input, label));
      const plans = await planQuantize(source, { library: LIBRARY, calls, ...matrix }, asking);
      const paths = await quantizeAll(room, input, labels, matrix.imatrix);
      for (const [at, label] of labels.entries()) {
        made.set(label, { path: paths[at] ?? "", told: plans[at]?.result.fileSize });
      }
    }
  }, 300_000);

  it("have the sizes that a dry run tells", () => {
    const sizes = [...made].map(([label, { path }]) => [label, statSync(path).size]);
    expect(sizes).toEqual([...made].map(([label, { told }]) => [label, told]));
    expect(sizes.length).toBe(35);
  });

  it.each(ALL)("%s loads and answers", async (label) => {
    const path = made.get(label)?.path ?? "";
    const load = { path, ctx: 64, threads: 1, batch: 64, gpuLayers: 0, useMmap: true, kvType: "f16" } as const;
    const model = await createLlamaEngine().load(load);
    const said: string[] = [];
    for await (const event of model.generate([1, 10, 20], { sampling: SAMPLING, maxTokens: 2, stop: [] })) {
      said.push(event.type === "done" ? `${event.finishReason} ${event.usage.completionTokens}` : event.type);
    }
    await model.dispose();
    expect(said.at(-1)).toMatch(/^(length 2|stop \d)$/);
  });

  it("need an importance matrix where the library refuses them without one", async () => {
    const needing = FILE_TYPES.filter(({ needsImatrix }) => needsImatrix).map(({ label }) => label);
    for (const label of needing) await expect(quantizeAll(room, input, [label]), label).rejects.toThrow("ended with 1");
  }, 120_000);

  it("are those of the documentation", () => {
    const docs = readFileSync(new URL("../../docs/quantize.md", import.meta.url), "utf8");
    const rows = [...docs.matchAll(/^\| (`.*`) +\| (yes|no) +\|$/gm)].flatMap(([, labels = "", needs]) =>
      labels.split(", ").map((label) => [label.replaceAll("`", ""), needs]),
    );
    const types = FILE_TYPES.map(({ label, needsImatrix }) => [label, needsImatrix ? "yes" : "no"]);
    expect(rows.sort()).toEqual(types.sort());
  });

  it("are known by other names too", () => {
    expect(fileType("q4_k")?.label).toBe("Q4_K_M");
    expect(fileType("fp16")?.label).toBe("F16");
    expect(fileType("Q9")).toBeUndefined();
  });
});
