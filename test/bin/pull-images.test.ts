// A repository of a model that sees: its projector comes with it, is counted, shown, verified and removed.
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { installFakePart } from "../support/fake-part.js";
import { writeGguf } from "../support/gguf-writer.js";
import { png } from "../support/images.js";
import { Home } from "../support/oslm.js";
import { projector, TINY, textModel } from "../support/vision-pair.js";

const F16 = writeGguf(projector());
const F32 = writeGguf(projector({ ...TINY, layers: 4 }));
const README = Buffer.from("---\nlicense: apache-2.0\n---\n");

let hub: FakeHub;
let home: Home;
beforeAll(async () => {
  const model = writeGguf(textModel());
  const card = { license: "apache-2.0" };
  const files = { "README.md": README, "v-F32.gguf": model, "mmproj-v-F32.gguf": F32, "mmproj-v-f16.gguf": F16 };
  const broken = { "README.md": README, "b-F32.gguf": model, "mmproj-b.gguf": Buffer.from("no GGUF at all") };
  hub = await startFakeHub({
    repos: [
      { id: "org/v-GGUF", files, card },
      { id: "org/b-GGUF", files: broken, card },
      {
        id: "org/blip2",
        card,
        files: {
          "README.md": README,
          "config.json": Buffer.from('{"architectures":["Blip2ForConditionalGeneration"],"model_type":"blip-2"}'),
          "model.safetensors": Buffer.from("never read"),
        },
      },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
  installFakePart(join(home.path, ".local", "share", "oslm"));
  writeFileSync(join(home.path, "red.png"), png(30, 20));
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

const run = (...args: string[]) => home.run(args);
const json = async (...args: string[]) => JSON.parse((await run(...args, "--json")).stdout);
const ask = () => run("run", "org/v-GGUF", "What?", "--image", join(home.path, "red.png"));

it("weighs the projector before the download: its tensors, and what computing takes", async () => {
  const { images, variants } = await json("fit", "org/v-GGUF");
  const bytes = 890_000;
  expect(images).toMatchObject({ file: "mmproj-v-f16.gguf", kind: "mlp", tokens: 16 });
  expect(images.bytes).toBeGreaterThan(bytes);
  expect(images.bytes).toBeLessThan(bytes + 100_000);
  expect(variants[0].estimate.projector).toBe(images.bytes);
  const { stderr } = await run("fit", "org/v-GGUF");
  expect(stderr).toContain("reads images: its projector (mlp)");
});

it("pulls only the model with --no-projector, and says what is missing when an image comes", async () => {
  const { files } = await json("pull", "org/v-GGUF", "--no-projector");
  expect(files.map(({ path }: { path: string }) => path)).toEqual(["v-F32.gguf"]);
  const { code, stderr } = await ask();
  expect([code, stderr]).toEqual([9, expect.stringMatching(/no projector here\n.*\nTry: oslm pull org\/v-GGUF/)]);
});

it("gets the F16 projector with the model, also for one that is here already", async () => {
  const { code, stdout, stderr } = await run("pull", "org/v-GGUF");
  expect([code, stdout.trim().endsWith("v-F32.gguf")]).toEqual([0, true]);
  expect(stderr).toContain("with its projector for images, mmproj-v-f16.gguf (mlp");
  expect(existsSync(join(dirname(stdout.trim()), "mmproj-v-f16.gguf"))).toBe(true);
  expect(existsSync(join(dirname(stdout.trim()), "mmproj-v-F32.gguf"))).toBe(false);
});

it("transfers nothing the second time", async () => {
  hub.requests.length = 0;
  expect((await run("pull", "org/v-GGUF")).code).toBe(0);
  expect(hub.requests.filter(({ host }) => host === "cdn")).toEqual([]);
});

it("shows it", async () => {
  const { images, size, files } = await json("show", "org/v-GGUF");
  expect(images).toMatchObject({ kind: "mlp", tokens: 16, projector: expect.stringMatching(/mmproj-v-f16\.gguf$/) });
  expect(files).toHaveLength(1);
  expect(size).toBe(writeGguf(textModel()).length + F16.length);
  expect((await run("show", "org/v-GGUF")).stdout).toContain("yes, with --image: projector mlp");
});

it("answers with it, and knows the model by the hash of its own file", async () => {
  const { code, stdout, stderr } = await ask();
  expect([code, stderr]).toEqual([0, expect.stringContaining("reading the image")]);
  expect(JSON.parse(stdout).images).toHaveLength(1);
  const { files } = await json("pull", "org/v-GGUF");
  const { model } = await json("run", "org/v-GGUF", "x", "-n", "1");
  expect(model.sha256).toBe(files[0].sha256);
});

it("weighs it without the Hub too", async () => {
  const { images, variants } = await json("fit", "org/v-GGUF", "--offline");
  expect(variants[0].estimate.projector).toBe(images.bytes);
});

it("finds it beside the model when the list has been made anew", async () => {
  rmSync(join(home.path, ".local", "state", "oslm", "index.json"));
  const { code, stdout } = await run("run", "org/v-GGUF", "What?", "--image", join(home.path, "red.png"), "--offline");
  expect([code, JSON.parse(stdout).images.length]).toEqual([0, 1]);
  expect((await run("pull", "org/v-GGUF")).code).toBe(0);
});

it("verifies it", async () => {
  const path = (await json("show", "org/v-GGUF")).images.projector;
  writeFileSync(path, Buffer.alloc(F16.length));
  const { code, stderr } = await run("verify", "org/v-GGUF");
  expect(code).toBe(8);
  expect(stderr).toContain("mmproj-v-f16.gguf");
  expect((await run("pull", "org/v-GGUF")).code).toBe(0);
  expect((await run("verify", "org/v-GGUF")).code).toBe(0);
});

it("keeps it through prune, and as long as one name is left", async () => {
  await run("prune", "--yes");
  expect((await run("cp", "org/v-GGUF", "mine")).code).toBe(0);
  expect((await run("rm", "org/v-GGUF", "--yes")).code).toBe(0);
  const { code, stdout } = await run("run", "mine", "What?", "--image", join(home.path, "red.png"));
  expect([code, JSON.parse(stdout).images.length]).toEqual([0, 1]);
});

it("removes it with the model", async () => {
  expect((await run("rm", "mine", "--yes")).code).toBe(0);
  expect(home.files().filter((file) => /mmproj|blobs/.test(file))).toEqual([]);
});

it("pulls a model whose projector makes no sense without it", async () => {
  const { files } = await json("pull", "org/b-GGUF");
  expect(files).toHaveLength(1);
});

it.each([["pull"], ["run"], ["fit"]])("says of BLIP-2 that nothing here runs it, and what does: %s", async (verb) => {
  const { code, stdout, stderr } = await run(verb, "org/blip2", ...(verb === "run" ? ["What?"] : []));
  expect([code, stdout]).toEqual([9, ""]);
  expect(stderr).toMatch(/Blip2ForConditionalGeneration/);
  expect(stderr).toMatch(/llama\.cpp has no port/);
  expect(stderr).toMatch(/\nTry: oslm pull llava/);
});
