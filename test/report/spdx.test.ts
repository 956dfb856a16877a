// The SPDX document: valid by the official JSON Schema, and by the rules of the AI profile that no schema can hold.
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { judgeLicense } from "../../src/license/verdict.js";
import { renderSpdx } from "../../src/report/spdx.js";
import { TEXTS } from "../license/texts.js";
import { FRAME, hostile, relabelled, silentFile } from "./models.js";

const schema = JSON.parse(readFileSync(new URL("spdx-3.0.1/schema.json", import.meta.url), "utf8"));
const validate = new Ajv2020({ strict: false }).compile(schema);

interface Element {
  readonly type: string;
  readonly spdxId: string;
  readonly [field: string]: unknown;
}
interface Relationship extends Element {
  readonly from: string;
  readonly to: readonly string[];
  readonly relationshipType: string;
}
const isRelationship = (element: Element): element is Relationship => element.type === "Relationship";

function render(...[models, frame = FRAME]: [Parameters<typeof renderSpdx>[0], Parameters<typeof renderSpdx>[1]?]) {
  const text = renderSpdx(models, frame);
  const document = JSON.parse(text);
  expect([validate(document), validate.errors]).toEqual([true, null]);
  const elements: readonly Element[] = document["@graph"].slice(1);
  const of = (type: string) => elements.filter((element) => element.type === type);
  const relationships = elements.filter(isRelationship);
  const at = (iri: string | undefined) => elements.find(({ spdxId }) => spdxId === iri);
  const related = (from: Element | undefined, type: string) =>
    relationships.filter((one) => one.from === from?.spdxId && one.relationshipType === type).map(({ to }) => to);
  const expression = (from: Element | undefined, type: string) => {
    const [to] = related(from, type)[0] ?? [];
    return at(to)?.simplelicensing_licenseExpression ?? to;
  };
  return { text, document, elements, of, at, related, expression };
}

/** Required of every AI package: model/AI/Classes/AIPackage.md and model/AI/AI.md of spdx-3-model 3.0.1. */
function expectProfile({ document, elements, of, related, at }: ReturnType<typeof render>): void {
  for (const model of of("ai_AIPackage")) {
    for (const field of [
      "releaseTime",
      "suppliedBy",
      "software_downloadLocation",
      "software_packageVersion",
      "software_primaryPurpose",
    ]) {
      expect(model).toHaveProperty(field);
    }
    expect(at(String(model.suppliedBy))?.type).toMatch(/^(Agent|Organization)$/);
    for (const type of ["hasDeclaredLicense", "hasConcludedLicense"]) {
      expect(related(model, type)).toEqual([[expect.any(String)]]);
    }
  }
  const [creation, collection] = document["@graph"];
  const iris = elements.map(({ spdxId }) => spdxId);
  expect(new Set(iris).size).toBe(iris.length);
  expect(collection.element).toEqual(iris.slice(1));
  expect(collection.rootElement.length).toBeGreaterThan(0);
  for (const iri of [...collection.rootElement, ...creation.createdBy]) expect(iris).toContain(iri);
  for (const { from, to } of elements.filter(isRelationship)) {
    for (const iri of [from, ...to]) expect([...iris, "expandedlicensing_NoAssertionLicense"]).toContain(iri);
  }
}

describe("a document", () => {
  const whole = render([relabelled(), silentFile()]);
  const [model, silent] = whole.of("ai_AIPackage");

  it("is judged by a schema that finds mistakes", () => {
    const wrong = (from: string, to: string) => validate(JSON.parse(whole.text.replace(from, to)));
    expect(wrong('"software_primaryPurpose": "model"', '"software_primaryPurpose": "llm"')).toBe(false);
    expect(wrong('"hasDeclaredLicense"', '"declaredLicense"')).toBe(false);
    expect(wrong('"ai_AIPackage"', '"ai_Package"')).toBe(false);
    expect(wrong('"specVersion": "3.0.1",', "")).toBe(false);
  });

  it("conforms to the AI profile", () => expectProfile(whole));

  it("says what is declared, what is concluded, and in which words", () => {
    expect(whole.expression(model, "hasDeclaredLicense")).toBe("MIT");
    expect(whole.expression(model, "hasConcludedLicense")).toBe("LicenseRef-scancode-llama-3.1-license-2024");
    const [concluded] = whole.related(model, "hasConcludedLicense")[0] ?? [];
    const [custom] = (whole.at(concluded)?.simplelicensing_customIdToUri ?? []) as { key: string; value: string }[];
    expect(custom?.key).toBe("LicenseRef-scancode-llama-3.1-license-2024");
    expect(whole.at(custom?.value)?.simplelicensing_licenseText).toBe(TEXTS["llama3.1"]);
    expect(whole.of("Annotation")[0]).toMatchObject({
      subject: model?.spdxId,
      statement: expect.stringMatching(/^decision: ask\n.*\nstate: looser\n.*\nconflict: looser-than-base: /s),
    });
  });

  it("names the model, its files and what it was made from", () => {
    const commit = "c0ffee".padEnd(40, "0");
    expect(model).toMatchObject({
      name: "org/tuned-GGUF:Q4_K_M",
      software_packageUrl: `pkg:huggingface/org/tuned-GGUF@${commit}`,
      software_packageVersion: commit,
      releaseTime: "2026-11-02T10:00:00Z",
      ai_typeOfModel: ["llama"],
    });
    const files = (whole.related(model, "contains")[0] ?? []).map(whole.at);
    expect(files).toMatchObject([
      { name: "q4/m-00001-of-00002.gguf", verifiedUsing: [{ algorithm: "sha256", hashValue: "1".repeat(64) }] },
      { verifiedUsing: [{ hashValue: "2".repeat(64) }] },
    ]);
    const bases = (whole.related(model, "descendantOf")[0] ?? []).map(whole.at);
    expect(bases.map((base) => [base?.type, base?.name])).toEqual([
      ["software_Package", "meta/Llama"],
      ["software_Package", "gone/root"],
    ]);
  });

  it("asserts nothing where nothing is known", () => {
    expect(silent).toMatchObject({
      software_packageVersion: `sha256:${"5".repeat(64)}`,
      software_downloadLocation: "https://example.org/models/m-Q8_0.gguf",
    });
    expect(silent).not.toHaveProperty("software_packageUrl");
    expect(whole.expression(silent, "hasDeclaredLicense")).toBe("expandedlicensing_NoAssertionLicense");
    expect(whole.expression(silent, "hasConcludedLicense")).toBe("expandedlicensing_NoAssertionLicense");
    expect(whole.text).not.toContain("/home/ann");
  });

  it("is dated by its newest fact, or as it is told to, and is the same each time", () => {
    expect(whole.document["@graph"][0].created).toBe("2026-11-03T10:00:00Z");
    expect(renderSpdx([relabelled(), silentFile()], FRAME)).toBe(whole.text);
    const dated = render([relabelled()], { ...FRAME, at: new Date(1_700_000_000_000) });
    expect(dated.document["@graph"][0].created).toBe("2023-11-14T22:13:20Z");
    expect(dated.of("ai_AIPackage")[0]?.spdxId).not.toBe(model?.spdxId);
    expect(render([relabelled({ at: "yesterday" })]).document["@graph"][0].created).toBe("2026-11-02T10:00:00Z");
  });
});

it("does not leave open what was concluded where the policy denies", () => {
  const file = silentFile();
  const denied = { ...file, license: { ...file.license, decision: "deny" as const } };
  expect(render([denied]).expression(render([denied]).of("ai_AIPackage")[0], "hasConcludedLicense")).toBe(
    "LicenseRef-oslm-unknown",
  );
});

it("gives a license's text wherever it was seen", () => {
  const unseen = relabelled({ texts: [], ancestors: [] });
  const { id, spdx } = relabelled().license;
  const models = [{ ...unseen, license: { ...unseen.license, id, spdx } }, relabelled()];
  for (const order of [models, [...models].reverse()]) {
    const [text, ...more] = render(order).of("simplelicensing_SimpleLicensingText");
    expect([text?.simplelicensing_licenseText, more]).toEqual([TEXTS["llama3.1"], []]);
  }
});

it("writes what a card declares, be it no license at all, and leaves open what it leaves open", () => {
  const { license, ...rest } = silentFile();
  const other = { ...license, ...judgeLicense({ card: { license: ["other"], baseModels: [] } }) };
  const document = render([{ ...rest, license: other }]);
  const [model] = document.of("ai_AIPackage");
  expect(document.expression(model, "hasDeclaredLicense")).toBe("LicenseRef-oslm-other");
  expect(document.expression(model, "hasConcludedLicense")).toBe("expandedlicensing_NoAssertionLicense");
});

it("conforms for no model, for one under two names, and for one whose card means harm", () => {
  for (const models of [[], [relabelled(), relabelled()], [hostile()]]) {
    const document = render(models);
    expectProfile(document);
    expect(document.text).not.toMatch(/\\u001b|\u202e/);
  }
});

it("gives the address of a license text where it stands, and none for a prompt", () => {
  const from = { repo: "acme/terms", commit: "f".repeat(40) };
  const texts = [
    { path: "LICENSE.txt", from, text: "Ours.", sha256: "e".repeat(64) },
    { path: "gate-prompt.txt", kind: "prompt", text: "Be kind.", sha256: "c".repeat(64) },
  ] as const;
  const [model] = render([relabelled({ texts })]).of("ai_AIPackage");
  expect(model?.externalRef).toMatchObject([
    { locator: [`https://huggingface.co/acme/terms/resolve/${"f".repeat(40)}/LICENSE.txt`] },
  ]);
});

it("concludes nothing where a license text could not be read", () => {
  const { license, ...rest } = silentFile();
  const card = { license: ["mit"], baseModels: [] };
  const conclusion = (text: string | null) => {
    const judged = { ...license, ...judgeLicense({ card, texts: [{ path: "LICENSE", text }] }) };
    const document = render([{ ...rest, license: judged }]);
    return document.expression(document.of("ai_AIPackage")[0], "hasConcludedLicense");
  };
  expect(conclusion(TEXTS.mit ?? "")).toBe("MIT");
  expect(conclusion(null)).toBe("expandedlicensing_NoAssertionLicense");
});
