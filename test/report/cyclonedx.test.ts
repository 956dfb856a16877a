// The ML-BOM: valid by the official schema in its strict form, offline, and right in what it says.
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { expect, it } from "vitest";
import { renderCycloneDx } from "../../src/report/cyclonedx.js";
import { FRAME, hostile, relabelled, silentFile } from "./models.js";

const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
const render = async (
  ...[models, frame = FRAME]: Parameters<typeof renderCycloneDx> | [Parameters<typeof renderCycloneDx>[0]]
) => {
  const text = await renderCycloneDx(models, frame);
  expect(await validator.validate(text)).toBe(null);
  return { text, document: JSON.parse(text) };
};
const values = (component: { properties: { name: string; value: string }[] }, name: string) =>
  component.properties.filter((one) => one.name === `oslm:license:${name}`).map(({ value }) => value);

it("has a validator that finds mistakes", async () => {
  const text = await renderCycloneDx([relabelled()], FRAME);
  expect(await validator.validate(text.replace('"machine-learning-model"', '"model"'))).not.toBe(null);
  expect(await validator.validate(text.replace('"modelCard"', '"modelCart"'))).not.toBe(null);
  expect(await validator.validate(text.replace('"acknowledgement": "declared"', '"acknowledgement": "said"'))).not.toBe(
    null,
  );
});

it("says what is declared and what is concluded, of which files, made from what", async () => {
  const { document } = await render([relabelled()]);
  const [component] = document.components;
  const commit = "c0ffee".padEnd(40, "0");
  expect(document).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6" });
  expect(document.metadata).toEqual({
    tools: { components: [{ type: "application", name: "oslm", version: "1.2.3" }] },
  });
  expect(component).toMatchObject({
    ...{ type: "machine-learning-model", group: "org", name: "tuned-GGUF", version: commit },
    purl: `pkg:huggingface/org/tuned-GGUF@${commit}`,
    "bom-ref": `org/tuned-GGUF:Q4_K_M@${commit}`,
    modelCard: { modelParameters: { modelArchitecture: "llama" } },
  });
  expect(component.licenses).toEqual([
    { license: expect.objectContaining({ id: "MIT", acknowledgement: "declared" }) },
    {
      license: expect.objectContaining({
        name: "Llama 3.1 Community License Agreement",
        acknowledgement: "concluded",
        properties: [
          { name: "oslm:license:id", value: "llama3.1" },
          { name: "oslm:license:spdx", value: "LicenseRef-scancode-llama-3.1-license-2024" },
        ],
      }),
    },
  ]);
  expect(component.components).toEqual([
    expect.objectContaining({
      type: "file",
      name: "q4/m-00001-of-00002.gguf",
      hashes: [{ alg: "SHA-256", content: "1".repeat(64) }],
    }),
    expect.objectContaining({ hashes: [{ alg: "SHA-256", content: "2".repeat(64) }] }),
  ]);
  expect(component.pedigree).toEqual({
    ancestors: [
      expect.objectContaining({
        purl: `pkg:huggingface/meta/Llama@${"b".repeat(40)}`,
        licenses: [{ license: expect.objectContaining({ acknowledgement: "declared" }) }],
      }),
      expect.objectContaining({ name: "gone/root", description: "oslm knows nothing of it: missing" }),
    ],
    notes: "GGUF file in Q4_K_M. Its relation to the base models, as the repository states it: quantized.",
  });
  expect(component.externalReferences).toContainEqual({
    ...{ type: "license", url: `https://huggingface.co/meta/Llama/resolve/${"b".repeat(40)}/LICENSE` },
    hashes: [{ alg: "SHA-256", content: "d".repeat(64) }],
  });
  expect([values(component, "decision"), values(component, "state")]).toEqual([["ask"], ["looser"]]);
  expect(values(component, "concluded")).toEqual(["LicenseRef-scancode-llama-3.1-license-2024"]);
  expect(values(component, "conflict")).toEqual([expect.stringMatching(/^looser-than-base: /)]);
  expect(values(component, "condition:mau-limit")).toEqual([expect.stringContaining("700")]);
});

it("says it once where card and conclusion agree, and nothing where nothing is known", async () => {
  const free = relabelled({ repo: "org/free" as never, card: { license: ["mit"], baseModels: [] }, ancestors: [] });
  const { document } = await render([free, silentFile()]);
  const [agreed, silent] = document.components;
  expect(agreed.licenses).toEqual([{ license: expect.objectContaining({ id: "MIT", acknowledgement: "concluded" }) }]);
  expect(agreed.pedigree).toEqual({ notes: "GGUF file in Q4_K_M." });
  expect(silent).toMatchObject({
    ...{ name: "https://example.org/models/m-Q8_0.gguf", hashes: [{ content: "5".repeat(64) }] },
    externalReferences: [{ type: "distribution", url: "https://example.org/models/m-Q8_0.gguf" }],
  });
  for (const field of ["licenses", "purl", "version", "modelCard", "group"]) expect(silent).not.toHaveProperty(field);
  expect(JSON.stringify(document)).not.toContain("/home/ann");
});

it("is the same each time, under another number when anything is other, and dated only if told to", async () => {
  const once = await render([relabelled(), silentFile()]);
  expect((await render([relabelled(), silentFile()])).text).toBe(once.text);
  const other = await render([silentFile(), relabelled()]);
  expect(other.document.serialNumber).not.toBe(once.document.serialNumber);
  expect(once.document.serialNumber).toMatch(
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  const dated = await render([relabelled()], { ...FRAME, at: new Date(1_700_000_000_000) });
  expect(dated.document.metadata.timestamp).toBe("2023-11-14T22:13:20.000Z");
});

it("is valid for no model, for one under two names, and for one whose card means harm", async () => {
  expect((await render([])).document.components).toEqual([]);
  const twice = (await render([relabelled(), relabelled()])).document.components;
  expect(new Set(twice.map((component: Record<string, string>) => component["bom-ref"])).size).toBe(2);
  const { text } = await render([hostile()]);
  expect(text).not.toMatch(/\\u001b|\u202e/);
});

it("gives the address of a license text where it stands, and none for a prompt", async () => {
  const from = { repo: "acme/terms", commit: "f".repeat(40) };
  const texts = [
    { path: "LICENSE.txt", from, text: "Ours.", sha256: "e".repeat(64) },
    { path: "gate-prompt.txt", kind: "prompt", text: "Be kind.", sha256: "c".repeat(64) },
  ] as const;
  const { document } = await render([relabelled({ texts })]);
  const references: { type: string; url: string }[] = document.components[0].externalReferences;
  expect(references.flatMap(({ type, url }) => (type === "license" ? [url] : []))).toEqual([
    `https://huggingface.co/acme/terms/resolve/${"f".repeat(40)}/LICENSE.txt`,
    `https://huggingface.co/meta/Llama/resolve/${"b".repeat(40)}/LICENSE`,
  ]);
});
