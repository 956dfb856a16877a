// In which sense a model is open, as people see it: before a pull, after it, and without the Hub.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const OLMO = "allenai/OLMo-2-1124-7B-Instruct";
let home: Home;
let hub: FakeHub;

beforeAll(async () => {
  const tensors = { "model.safetensors": Buffer.from("x") };
  const gguf = { "m-Q8_0.gguf": tinyGguf() };
  const quantized = { base_model_relation: "quantized" };
  hub = await startFakeHub({
    repos: [
      { id: OLMO, files: tensors, card: { license: "apache-2.0" } },
      { id: "some/OLMo-GGUF", files: gguf, card: { license: "apache-2.0", base_model: OLMO, ...quantized } },
      { id: "some/stricter-GGUF", files: gguf, card: { license: "cc-by-nc-4.0", base_model: OLMO, ...quantized } },
      { id: "meta-llama/Llama-3.2-1B", files: tensors, card: { license: "llama3.2" } },
      {
        id: "some/relabelled-GGUF",
        files: gguf,
        card: { license: "mit", base_model: "meta-llama/Llama-3.2-1B", ...quantized },
      },
      { id: "some/plain-GGUF", files: gguf, card: { license: "apache-2.0" } },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

async function judge(...args: string[]): Promise<{ openness: string; open: string[] }> {
  const { stdout } = await home.run(["license", ...args, "--json=openness,opennessFacts"]);
  const { openness, opennessFacts } = JSON.parse(stdout) as {
    openness: string;
    opennessFacts: { component: string; open: string; source: string }[];
  };
  return { openness, open: opennessFacts.map(({ component, open }) => `${component} ${open}`) };
}

const ALL = ["weights yes", "training-code yes", "data-information yes", "training-data yes"];

it("calls a model open science by what is known of it, and a quantization of it", async () => {
  expect(await judge(OLMO)).toEqual({ openness: "open-science", open: ALL });
  expect(await judge("some/OLMo-GGUF")).toEqual({ openness: "open-science", open: ALL });
  const { stdout } = await home.run(["license", "some/OLMo-GGUF"]);
  expect(stdout).toContain(
    `\ncomponent\ttraining-data: yes (arXiv:2501.00656, on ${OLMO}, of which the card says that this is a quantization)\n`,
  );
});

it("never calls weights alone open source, and goes by the strictest license", async () => {
  expect(await judge("some/plain-GGUF")).toEqual({
    openness: "open-weights",
    open: ["weights yes", "training-code unknown", "data-information unknown", "training-data unknown"],
  });
  expect((await judge("some/stricter-GGUF")).openness).toBe("non-commercial");
  expect(await judge("some/relabelled-GGUF")).toEqual({
    openness: "source-available",
    open: ["weights no", "training-code no", "data-information unknown", "training-data no"],
  });
});

it("knows the same of a stored model, offline too", async () => {
  expect((await home.run(["pull", "some/OLMo-GGUF"])).code).toBe(0);
  const { stdout } = await home.run(["show", "some/OLMo-GGUF", "--json=openness", "--offline"]);
  expect(JSON.parse(stdout)).toEqual({ openness: "open-science" });
  expect(await judge("some/OLMo-GGUF", "--offline")).toEqual({ openness: "open-science", open: ALL });
});
