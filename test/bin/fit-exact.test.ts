// oslm fit --exact: the engine's own count of a model that is here.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { writeGguf } from "../support/gguf-writer.js";
import { Home } from "../support/oslm.js";
import { runnable } from "../support/runnable.js";

let hub: FakeHub;
let home: Home;
beforeAll(async () => {
  const files = { "model-Q8_0.gguf": writeGguf(runnable("gemma2")) };
  hub = await startFakeHub({ repos: [{ id: "org/model", files, card: { license: "mit" } }] });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

const fitted = async (...words: string[]) => {
  const { code, stdout, stderr } = await home.run(["fit", ...words, "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
};

describe.skipIf(process.platform !== "linux")("fit --exact", () => {
  it("takes a model that is here, and asks nothing of the Hub for it", async () => {
    const before = await home.run(["fit", "org/model", "--exact"]);
    expect([before.code, before.stderr]).toEqual([3, expect.stringContaining("Try: oslm pull org/model")]);
    expect((await home.run(["pull", "org/model"])).code).toBe(0);
    const asked = hub.requests.length;
    const [row] = (await fitted("org/model", "--exact")).variants;
    expect(hub.requests).toHaveLength(asked);
    expect(row.estimate.method).toBe("engine");
    expect(row.reason).toMatch(/llama\.cpp counts \d+ MB for weights, cache and buffers, foreseen were \d+ MB$/);
    const [formula] = (await fitted("org/model", "--offline")).variants;
    expect(formula.estimate.method).toBe("formula");
    expect(row.estimate.total / formula.estimate.total).toBeCloseTo(1, 0);
    expect(row.estimate.total).not.toBe(formula.estimate.total);
    const { total, weights, kvCache, compute, projector, draft, overhead, perDevice } = row.estimate;
    expect(weights + kvCache + compute + projector + draft + overhead).toBe(total);
    expect(perDevice).toEqual([{ device: "ram", bytes: total }]);
  });

  it("counts each context, and says where it cannot", async () => {
    const { contexts } = await fitted("demo", "--exact", "--ctx", "256,2k");
    const counted = contexts.map(
      (one: { variants: { estimate: { ctx: number; method: string } }[] }) => one.variants[0],
    );
    expect(counted.map(({ estimate }: { estimate: object }) => estimate)).toMatchObject([
      { ctx: 256, method: "engine" },
      { ctx: 2048, method: "engine" },
    ]);
    expect(counted[1].estimate.total).toBeGreaterThan(counted[0].estimate.total);
    for (const where of [
      ["--vram", "8GB"],
      ["--ram", "10MB"],
    ]) {
      expect((await fitted("demo", "--exact", ...where)).variants[0].estimate.method).toBe("formula");
      expect((await home.run(["fit", "demo", "--exact", ...where])).stderr).toContain("Counted by formula: ");
    }
  });

  it("refuses what the engine does, and a catalog", async () => {
    const { metadata, tensors } = runnable("llama");
    const path = join(home.path, "partial.gguf");
    writeFileSync(path, writeGguf({ metadata, tensors: tensors.filter(({ name }) => name !== "blk.0.attn_v.weight") }));
    expect(await home.run(["fit", path, "--exact"])).toMatchObject({ code: 9, stdout: "" });
    expect((await home.run(["fit", "--list", "--exact"])).code).toBe(2);
  });
});
