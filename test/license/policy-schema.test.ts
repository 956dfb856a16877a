// The published JSON Schema says the same of a file as oslm does.
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readCatalogPlace } from "../../src/config/catalog-place.js";
import { parseOslmYaml } from "../../src/config/oslm-yaml.js";
import { readProjectModels } from "../../src/config/project-models.js";
import { isOslmError } from "../../src/errors.js";
import { conditionTexts } from "../../src/license/obligations.js";
import { readPolicy } from "../../src/license/policy-read.js";
import { listPolicyWords, meaningsOf } from "../../src/license/policy-words.js";
import { LICENSE_CLASSES } from "../../src/model/types.js";
import { licensePart } from "../support/policy.js";

const schema = JSON.parse(readFileSync(new URL("../../schema/oslm.schema.json", import.meta.url), "utf8"));
const validate = new Ajv({ strict: true, strictTypes: false, allowUnionTypes: true })
  .addFormat("date", /./)
  .compile(schema);

const exception = (more: string): string => licensePart(`exceptions:\n  - ${more.replaceAll("\n", "\n    ")}`);
const WHOLE = "repo: org/m\nreason: r\napprover: a\nexpires: 2026-12-31";

const GOOD: readonly string[] = [
  licensePart("allow: []"),
  "license: {}\n",
  licensePart("allow: [mit, permissive]\ndeny: [non-commercial, mau-limit]\nreview:\n  - llama3.1\n  - modified-mit"),
  licensePart("deny: [class:non-commercial, condition:non-commercial, 'id:acme-1.0']"),
  licensePart("unknown: deny\nconflict: review\nrequire_text: warn"),
  licensePart("require_text: true"),
  licensePart("require_text: false"),
  licensePart("facts: {mau: 700000000, revenue_usd: 0, regions: [DE, EU], use: commercial}"),
  licensePart("facts: {use: [internal, train-on-outputs], regions: []}"),
  licensePart("facts: {}\nexceptions: []"),
  exception(WHOLE),
  exception(`${WHOLE}\ncommit: ${"f0".repeat(20)}`),
  "models: [qwen2:0.5b, org/m@v1:Q4_K_M, https://example.org/m.gguf, demo]\n",
  "models:\n  - qwen2\nlicense:\n  deny: [non-commercial]\n",
  "catalog: ../team/models.json\n",
  `catalog: { url: "https://example.org/models.json", sha256: ${"ab".repeat(32)} }\n`,
  `catalog: { url: "http://127.0.0.1:8000/models.json", sha256: ${"ab".repeat(32)} }\nlicense: {}\n`,
];

/** Each with the line, the key and the suggestion that oslm gives. */
const BAD: readonly (readonly [text: string, line: number, key: string, suggestion?: string])[] = [
  ["", 1, ""],
  ["[]\n", 1, ""],
  ["models: []\n", 1, "models"],
  ["models:\n", 1, "models"],
  ["models: qwen2\n", 1, "models"],
  ["license: {}\nmodels: [qwen2, 7]\n", 2, "models[1]"],
  ["models:\n  - ''\n", 2, "models[0]"],
  [`models: [${"a".repeat(501)}]\n`, 1, "models[0]"],
  ["catalog: [a.json]\n", 1, "catalog"],
  ["catalog: ''\n", 1, "catalog"],
  ["catalog: https://example.org/models.json\n", 1, "catalog"],
  ["catalog: { url: 'https://example.org/models.json' }\n", 1, "catalog"],
  [`catalog:\n  url: http://example.org/m.json\n  sha256: ${"ab".repeat(32)}\n`, 2, "catalog.url"],
  ["catalog:\n  url: https://example.org/m.json\n  sha256: abc\n", 3, "catalog.sha256"],
  [`catalog:\n  url: https://a.org/m\n  sha256: ${"ab".repeat(32)}\n  more: 1\n`, 4, "catalog.more"],
  ["modles: [qwen2]\n", 1, "modles", "models"],
  ["licence: {}\n", 1, "licence", "license"],
  ["license:\n", 1, "license"],
  ["license: {}\nother: 1\n", 2, "other"],
  [licensePart("dney: [mit]"), 2, "license.dney", "deny"],
  [licensePart("deny: mit"), 2, "license.deny"],
  [licensePart("deny:"), 2, "license.deny"],
  [licensePart("deny:\n  - mit\n  - lama3.1"), 4, "license.deny[1]", "llama3.1"],
  [licensePart("deny: [Apache-2.0]"), 2, "license.deny[0]", "apache-2.0"],
  [licensePart("deny: [1]"), 2, "license.deny[0]"],
  [licensePart("deny: [[mit]]"), 2, "license.deny[0]"],
  [licensePart("deny: [class:mit]"), 2, "license.deny[0]", "mit"],
  [licensePart("deny: [condition:mau]"), 2, "license.deny[0]", "mau-limit"],
  [licensePart("deny: ['id:']"), 2, "license.deny[0]"],
  [licensePart("deny: ['id:A B']"), 2, "license.deny[0]"],
  [licensePart("unknown: ask"), 2, "license.unknown"],
  [licensePart("conflict: denny"), 2, "license.conflict", "deny"],
  [licensePart("require_text: maybe"), 2, "license.require_text"],
  [licensePart("require_text: 'true'"), 2, "license.require_text", "true"],
  [licensePart("facts: [mau]"), 2, "license.facts"],
  [licensePart("facts:\n  maus: 1"), 3, "license.facts.maus", "mau"],
  [licensePart("facts: {mau: -1}"), 2, "license.facts.mau"],
  [licensePart("facts: {mau: 1.5}"), 2, "license.facts.mau"],
  [licensePart("facts: {mau: 700_000_000}"), 2, "license.facts.mau"],
  [licensePart("facts: {mau: 1e300}"), 2, "license.facts.mau"],
  [licensePart("facts: {regions: DE}"), 2, "license.facts.regions"],
  [licensePart("facts: {regions: [Germany]}"), 2, "license.facts.regions[0]"],
  [licensePart("facts: {regions: [UK]}"), 2, "license.facts.regions[0]", "GB"],
  [licensePart("facts: {use: [commerical]}"), 2, "license.facts.use[0]", "commercial"],
  [licensePart("facts: {use: []}"), 2, "license.facts.use"],
  [licensePart("exceptions: {}"), 2, "license.exceptions"],
  [exception(WHOLE.replace("org/m", "m")), 3, "license.exceptions[0].repo"],
  [exception(WHOLE.replace("org/m", "org/../m")), 3, "license.exceptions[0].repo"],
  [exception(WHOLE.replace("reason: r", "reason: ' '")), 4, "license.exceptions[0].reason"],
  [exception(WHOLE.replace("reason: r\n", "")), 3, "license.exceptions[0]"],
  [exception(WHOLE.replace("\napprover: a", "")), 3, "license.exceptions[0]"],
  [exception(WHOLE.replace("\nexpires: 2026-12-31", "")), 3, "license.exceptions[0]"],
  [exception(WHOLE.replace("12-31", "13-01")), 6, "license.exceptions[0].expires"],
  [exception(WHOLE.replace("2026-12-31", "never")), 6, "license.exceptions[0].expires"],
  [exception(`${WHOLE}\ncommit: main`), 7, "license.exceptions[0].commit"],
  [exception(`${WHOLE}\nuntil: 1`), 7, "license.exceptions[0].until"],
];

const source = { file: "/work/oslm.yaml", shown: "oslm.yaml" };
const read = (text: string) => {
  const document = parseOslmYaml(text, source);
  readProjectModels(document, source);
  readCatalogPlace(document, source);
  return readPolicy(document, source);
};

it.each(GOOD)("takes %j", (text) => {
  expect([validate(parse(text)), validate.errors]).toEqual([true, null]);
  expect(read(text).rules.every(({ at }) => at.file === "/work/oslm.yaml")).toBe(true);
});

it.each(BAD.map(([text, line, key, suggestion]) => ({ text, line, key, suggestion })))("refuses $text", (bad) => {
  const { text, line, key, suggestion } = bad;
  expect(validate(parse(text))).toBe(false);
  let thrown: unknown;
  try {
    read(text);
  } catch (error) {
    thrown = error;
  }
  if (!isOslmError(thrown, "bad-policy")) throw new Error(`not refused: ${String(thrown)}`);
  const { facts } = thrown;
  expect([facts.shown, facts.line, facts.key, facts.suggestion]).toEqual(["oslm.yaml", line, key, suggestion]);
});

it("takes the example of docs/policy.md", () => {
  const page = readFileSync(new URL("../../docs/policy.md", import.meta.url), "utf8");
  const example = page.split("```yaml\n")[1]?.split("```")[0] ?? "";
  const [line, path] = /^# yaml-language-server: \$schema=\.\/node_modules\/oslm\/(.*)\n/.exec(example) ?? [];
  expect([line, path]).toEqual([expect.any(String), "schema/oslm.schema.json"]);
  expect([validate(parse(example)), validate.errors]).toEqual([true, null]);
  const { rules, exceptions } = read(example);
  expect(exceptions.length).toBe(1);
  // The page quotes this one.
  const denied = rules.find(({ effect, kind }) => effect === "deny" && kind === "class");
  expect(page).toContain(`oslm.yaml:${denied?.at.line} deny class ${denied?.name}`);
});

it("refuses days that no calendar has, which no schema can", () => {
  expect(() => read(exception(WHOLE.replace("12-31", "02-30")))).toThrow(/bad-policy/);
});

describe("the words", () => {
  const { definitions } = schema;

  it("are those that oslm knows (node scripts/policy-schema.mjs)", () => {
    expect(definitions.class.enum).toEqual(LICENSE_CLASSES);
    expect(definitions.condition.enum).toEqual(Object.keys(conditionTexts()).sort());
    const all = [...definitions.class.enum, ...definitions.condition.enum, ...definitions.id.enum];
    expect([...new Set(all)].sort()).toEqual([...listPolicyWords()].sort());
  });

  it("mean something each, narrowed too", () => {
    const narrowed = new RegExp(definitions.narrowed.pattern);
    for (const word of listPolicyWords()) {
      const meanings = meaningsOf(word);
      expect(meanings.length, word).toBeGreaterThan(0);
      for (const { kind, name } of meanings) {
        expect(meaningsOf(`${kind}:${name}`)).toEqual([{ kind, name }]);
        expect(`${kind}:${name}`).toMatch(narrowed);
      }
    }
    expect(meaningsOf("non-commercial").map(({ kind }) => kind)).toEqual(["class", "condition"]);
  });
});
