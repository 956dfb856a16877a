// What is on this disk: list, show, rm and fit, for people and for programs.
import { realpathSync, renameSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let hub: FakeHub;
const body = (size: number): Buffer => Buffer.concat([tinyGguf(), Buffer.alloc(size)]);

beforeAll(async () => {
  const shared = body(5_000);
  hub = await startFakeHub({
    repos: [
      {
        id: "org/a-GGUF",
        files: { "a-Q4_K_M.gguf": shared, "a-Q8_0.gguf": body(9_000), "copy/a-Q6_K.gguf": shared },
        card: { license: "mit" },
      },
      { id: "org/b-GGUF", files: { "b-Q4_K_M.gguf": body(7_000) }, card: { license: "llama3.2" } },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

it("says that nothing is here to a person, and nothing to a program", async () => {
  expect(await home.run(["list"])).toEqual({ code: 0, stdout: "", stderr: "" });
  expect((await home.run(["list", "--json"])).stdout).toBe("[]\n");
  expect((await inTerminal(home, ["list"])).text).toContain("No models yet. Try: oslm pull");
});

it("lists models in both faces", async () => {
  for (const ref of ["org/a-GGUF:Q4_K_M", "org/a-GGUF:Q8_0"]) expect((await home.run(["pull", ref])).code).toBe(0);
  await home.run(["pull", "org/b-GGUF", "--accept-license", "llama3.2"]);
  const { stdout } = await home.run(["list"]);
  const rows = stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
  expect(rows.map(([name, quant, size, license]) => [name, quant, Number(size) > 5000, license])).toEqual([
    ["org/a-GGUF:Q4_K_M", "Q4_K_M", true, "mit"],
    ["org/a-GGUF:Q8_0", "Q8_0", true, "mit"],
    ["org/b-GGUF:Q4_K_M", "Q4_K_M", true, "llama3.2"],
  ]);
  const { text } = await inTerminal(home, ["list"]);
  const [header, first] = text.split("\n");
  expect(header).toMatch(/^NAME +QUANT +SIZE +LICENSE +USED$/);
  expect(first).toMatch(/^org\/a-GGUF:Q4_K_M +Q4_K_M +\d+\.\d kB +mit \(permissive\) +never$/);
});

it("keeps its JSON fields", async () => {
  const { stdout } = await home.run(["list", "--json"]);
  const [model] = JSON.parse(stdout) as Record<string, unknown>[];
  expect(Object.keys(model ?? {}).sort()).toEqual(
    ["addedAt", "commit", "lastUsedAt", "license", "name", "path", "quant", "ref", "repo", "size"].sort(),
  );
  expect(model).toMatchObject({ license: { id: "mit", class: "permissive" }, lastUsedAt: null });
  expect(String(model?.addedAt)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  const two = await home.run(["ls", "--json=name,quant"]);
  expect((JSON.parse(two.stdout) as object[]).map((entry) => Object.keys(entry))).toEqual(
    Array(3).fill(["name", "quant"]),
  );
  expect((await home.run(["list", "--quiet"])).stdout).toBe("org/a-GGUF:Q4_K_M\norg/a-GGUF:Q8_0\norg/b-GGUF:Q4_K_M\n");
});

it("lists only the licenses that are asked for", async () => {
  const names = async (...flags: string[]) => (await home.run(["list", "--quiet", ...flags])).stdout;
  const [a, b] = ["org/a-GGUF:Q4_K_M\norg/a-GGUF:Q8_0\n", "org/b-GGUF:Q4_K_M\n"];
  expect(await names("--license-class", "community")).toBe(b);
  expect(await names("--license-class", "community", "--license-class", "permissive")).toBe(a + b);
  expect(await names("--license", "MIT License")).toBe(a);
  expect(await names("--license-class", "permissive", "--license", "llama3.2")).toBe("");
  const { stdout } = await home.run(["list", "--commercial"]);
  expect(stdout.split("\n").map((line) => line.split("\t").at(5))).toEqual([
    ...["allowed", "allowed", "conditional"],
    undefined,
  ]);
  const json = JSON.parse((await home.run(["list", "--json=license", "--license", "llama3.2"])).stdout) as object;
  expect(json).toEqual([{ license: { id: "llama3.2", class: "community", commercialUse: "conditional" } }]);

  const wrong = await home.run(["list", "--license-class", "free"]);
  expect([wrong.code, wrong.stdout]).toEqual([2, ""]);
  expect(wrong.stderr).toContain("It must be one of: public-domain, permissive,");
  const { text } = await inTerminal(home, ["list", "--license-class", "copyleft"]);
  expect(text).toContain("No model on this disk has such a license.");
});

it("says of commercial use what oslm license says", async () => {
  const card = { license: "mit", base_model: "gone/root" };
  await hub.push({ id: "org/c", files: { "c-Q4_K_M.gguf": body(100) }, card });
  const own = new Home({ HF_ENDPOINT: hub.endpoint });
  expect((await own.run(["pull", "org/c", "--accept-license", "mit"])).code).toBe(0);
  const { commercialUse } = JSON.parse((await own.run(["license", "org/c", "--offline", "--json"])).stdout);
  expect(commercialUse).toBe("unknown");
  expect(await own.run(["list", "--commercial"])).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(JSON.parse((await own.run(["list", "--json=license"])).stdout)).toEqual([
    { license: { id: "mit", class: "permissive", commercialUse } },
  ]);
  own.remove();
});

it("shows no model whose file has gone, by either end of its name", async () => {
  const names = async () => (await home.run(["list", "--quiet"])).stdout.trimEnd().split("\n");
  const [model] = JSON.parse((await home.run(["list", "--json"])).stdout) as { name: string; path: string }[];
  const path = model?.path ?? "";
  for (const gone of [realpathSync(path), path]) {
    renameSync(gone, `${gone}.away`);
    expect(await names()).toEqual(["org/a-GGUF:Q8_0", "org/b-GGUF:Q4_K_M"]);
    renameSync(`${gone}.away`, gone);
  }
  expect((await names())[0]).toBe(model?.name);
});

it("shows one model in both faces", async () => {
  const { stdout } = await home.run(["show", "org/b-GGUF"]);
  expect(stdout).toContain("license\tllama3.2 (community)\n");
  expect(stdout).toContain("architecture\tllama\n");
  const json = JSON.parse((await home.run(["show", "org/b-GGUF", "--json"])).stdout) as Record<string, unknown>;
  expect(json).toMatchObject({ repo: "org/b-GGUF", ctxTrain: 256, chatTemplate: false, fits: true });
  const [listed] = JSON.parse((await home.run(["list", "--json=name,size"])).stdout).filter(
    ({ name }: { name: string }) => name === json.name,
  );
  expect(listed).toEqual({ name: json.name, size: json.size });
  expect((await inTerminal(home, ["show", "org/b-GGUF"])).text).toMatch(/^license +llama3\.2 \(community\)$/m);
});

it("calls one model open science: the demo, whose training is open too", async () => {
  const show = async (ref: string) =>
    JSON.parse((await home.run(["show", ref, "--json=license,openness"])).stdout) as object;
  expect(await show("demo")).toEqual({ license: { id: "mit", class: "permissive" }, openness: "open-science" });
  expect(await show("org/a-GGUF:Q8_0")).toEqual({
    license: { id: "mit", class: "permissive" },
    openness: "open-weights",
  });
});

it("weighs every quantization", async () => {
  const { stdout } = await home.run(["fit", "org/a-GGUF", "--json"]);
  const fit = JSON.parse(stdout) as { variants: { quant: string; fits: boolean }[]; choice: string };
  expect(fit.variants.map((row) => row.quant).sort()).toEqual(["Q4_K_M", "Q6_K", "Q8_0"]);
  expect(fit).toMatchObject({ ref: "org/a-GGUF", ctx: 256, choice: "Q8_0", host: { ramTotal: expect.any(Number) } });
  const small = JSON.parse((await home.run(["fit", "org/a-GGUF", "--json", "--ram", "50MB"])).stdout) as typeof fit;
  expect([small.choice, small.variants.every((row) => !row.fits)]).toEqual([null, true]);
});

it("keeps a file that another name of it needs", async () => {
  await home.run(["pull", "org/b-GGUF@main", "--accept-license", "llama3.2"]);
  const first = await home.run(["rm", "org/b-GGUF:Q4_K_M", "--yes"]);
  expect(first.stderr).toContain("0 B freed");
  expect((await home.run(["show", "org/b-GGUF@main", "--offline"])).code).toBe(0);
});

it("removes only after a yes, and only what nobody else uses", async () => {
  await home.run(["pull", "org/a-GGUF/copy/a-Q6_K.gguf"]);
  const refused = await home.run(["rm", "org/a-GGUF:Q4_K_M"]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("oslm rm org/a-GGUF:Q4_K_M --yes")]);
  const declined = await inTerminal(home, ["rm", "org/a-GGUF:Q4_K_M"], [["[y/N]", "n\r"]]);
  expect([declined.code, declined.text]).toEqual([130, expect.stringContaining("Nothing was removed")]);

  // The same bytes are part of the other model: the blob stays, and nothing is freed.
  const kept = await home.run(["rm", "org/a-GGUF:Q4_K_M", "--yes", "--json"]);
  expect(JSON.parse(kept.stdout)).toEqual({ removed: ["org/a-GGUF:Q4_K_M"], freedBytes: 0 });
  expect((await home.run(["show", "org/a-GGUF/copy/a-Q6_K.gguf"])).code).toBe(0);

  const accepted = await inTerminal(home, ["rm", "org/a-GGUF"], [["[y/N]", "y\r"]]);
  expect([accepted.code, accepted.text]).toEqual([0, expect.stringContaining("freed")]);
  await home.run(["rm", "org/b-GGUF@main", "--yes"]);
  expect((await home.run(["list"])).stdout).toBe("");
  expect(home.files().filter((file) => file.includes("huggingface"))).toEqual([]);
});
