// oslm license report as documents: made by the built program, of models that it has pulled, valid by the official schemas.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TEXTS } from "../license/texts.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { DEMO, Home } from "../support/oslm.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let hub: FakeHub;
const text = (id: string) => Buffer.from(TEXTS[id] ?? id);

beforeAll(async () => {
  const evil = "mit <b>\u001b[31m";
  hub = await startFakeHub({
    repos: [
      {
        id: "org/tuned",
        files: { "m-Q8_0.gguf": tinyGguf(), LICENSE: text("mit") },
        card: { license: evil, base_model: ["org/base", "a/<script>"] },
      },
      { id: "org/base", files: { LICENSE: text("llama3.1") }, card: { license: "llama3.1" } },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
  const accept = JSON.parse((await home.run(["license", "org/tuned", "--json"])).stdout).id;
  expect((await home.run(["pull", "org/tuned", "--accept-license", accept])).code).toBe(0);
  expect((await home.run(["import", DEMO, "--name", "mine"])).code).toBe(0);
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

const report = (format: string, env = {}) => home.run(["license", "report", "--format", format], { env });

it("makes an ML-BOM that the strict schema takes, the same each time", async () => {
  const before = hub.requests.length;
  const [{ code, stdout, stderr }, again] = await Promise.all([report("cyclonedx"), report("cyclonedx")]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(stdout)).toBe(null);
  const { components } = JSON.parse(stdout);
  expect(components).toMatchObject([
    { name: "mine", modelCard: { modelParameters: { modelArchitecture: "llama" } } },
    { name: "tuned", group: "org", pedigree: { ancestors: [{ name: "base" }, {}] } },
  ]);
  const sha256 = components[1].hashes[0].content;
  expect(components[1].externalReferences).toContainEqual(
    expect.objectContaining({ type: "distribution", hashes: [{ alg: "SHA-256", content: sha256 }] }),
  );
  expect(again.stdout).toBe(stdout);
  expect(hub.requests.length).toBe(before);
  expect(stdout).not.toContain(home.path);
});

it("makes an SPDX document that the schema takes, the same each time", async () => {
  const [{ code, stdout, stderr }, again] = await Promise.all([report("spdx"), report("spdx")]);
  expect([code, stderr]).toEqual([0, ""]);
  const schema = readFileSync(new URL("../report/spdx-3.0.1/schema.json", import.meta.url), "utf8");
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(schema));
  const document = JSON.parse(stdout);
  expect([validate(document), validate.errors]).toEqual([true, null]);
  const names = document["@graph"].filter(({ type }: { type: string }) => type === "ai_AIPackage");
  expect(names).toMatchObject([{ name: "mine" }, { name: "org/tuned:Q8_0" }]);
  expect(again.stdout).toBe(stdout);
  expect(stdout).not.toContain(home.path);
});

it("makes Markdown in which the card's words are harmless", async () => {
  const { code, stdout } = await report("markdown");
  expect(code).toBe(0);
  expect(stdout).toContain("## org/tuned:Q8\\_0");
  expect(stdout).not.toMatch(/(?<!\\)<|(?!\n)\p{Cc}/u);
  const path = join(home.path, "licenses.md");
  await home.run(["license", "report", "--format", "markdown", "-o", path]);
  expect(readFileSync(path, "utf8")).toBe(stdout);
});

it("dates documents by SOURCE_DATE_EPOCH, and refuses one that is no time", async () => {
  const env = { SOURCE_DATE_EPOCH: "1700000000" };
  expect(JSON.parse((await report("cyclonedx", env)).stdout).metadata.timestamp).toBe("2023-11-14T22:13:20.000Z");
  expect(JSON.parse((await report("spdx", env)).stdout)["@graph"][0].created).toBe("2023-11-14T22:13:20Z");
  expect((await report("markdown", env)).stdout).toContain(" on 2023-11-14.");
  const wrong = await report("spdx", { SOURCE_DATE_EPOCH: "today" });
  expect([wrong.code, wrong.stdout]).toEqual([2, ""]);
});
