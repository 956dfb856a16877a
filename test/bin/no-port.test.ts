// Models of the catalog that llama.cpp has no port of: every command that would need one says so, and names what runs.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listCatalog } from "../../src/catalog/catalog.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";

let hub: FakeHub;
let home: Home;
beforeAll(async () => {
  hub = await startFakeHub({
    repos: [
      { id: "Salesforce/blip2-opt-2.7b", files: { "model.safetensors": Buffer.alloc(9) }, card: { license: "mit" } },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  home.remove();
  await hub.close();
});

describe.each([
  ["pull", ["pull", "blip2"]],
  ["pull by force", ["pull", "blip2", "--force"]],
  ["pull of its repository", ["pull", "salesforce/BLIP2-opt-2.7b"]],
  ["pull without a network", ["pull", "blip2", "--offline"]],
  ["run", ["run", "blip2", "What is this?"]],
  ["fit", ["fit", "blip2:opt-2.7b"]],
  ["show", ["show", "blip2"]],
])("%s", (_, args) => {
  it("is exit 9 with the reason and the nearest that runs, before any request", async () => {
    const before = hub.requests.length;
    const { code, stdout, stderr } = await home.run(args);
    expect([code, stdout]).toEqual([9, ""]);
    expect(stderr).toBe(
      [
        "oslm: oslm cannot run blip2:opt-2.7b",
        "  llama.cpp has neither BLIP-2's bridge from images to text nor the OPT model behind it. Nothing was asked for.",
        "Try: oslm run llava:7b   (the nearest that runs)\n",
      ].join("\n"),
    );
    expect(hub.requests.length).toBe(before);
  });
});

it("gives programs the facts", async () => {
  const { code, stderr } = await home.run(["pull", "alpaca", "--json"]);
  const { error } = JSON.parse(stderr.trim().split("\n").at(-1) ?? "");
  expect([code, error.code]).toEqual([9, "no-port"]);
  expect(error.facts).toMatchObject({ name: "alpaca:7b", instead: "vicuna:7b" });
});

it("still tells the license", async () => {
  const { stdout } = await home.run(["license", "blip2", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ repo: "Salesforce/blip2-opt-2.7b", decision: "ask" });
});

it("does not complete what cannot be run", async () => {
  const unported = listCatalog().flatMap(({ name, sizes }) =>
    sizes.flatMap(({ size, unsupported }) => (unsupported ? [`${name}:${size}`] : [])),
  );
  expect(unported.length).toBeGreaterThan(5);
  const { stdout } = await home.run(["__complete", "--", "pull", "blip2"]);
  expect(stdout).not.toContain("blip2:");
});
