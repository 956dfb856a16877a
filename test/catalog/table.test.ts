// The schema says of the catalog what it is, and docs/catalog.md shows it.
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { withTable } from "../../scripts/catalog-table.mjs";
import { listCatalog } from "../../src/catalog/catalog.js";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const whole = JSON.parse(read("src/catalog/catalog.json"));
const validate = new Ajv({ strict: true }).compile(JSON.parse(read("src/catalog/catalog.schema.json")));

/** The catalog with one thing changed. */
function changed(change: (family: { [key: string]: unknown }, size: { [key: string]: unknown }) => void): unknown {
  const copy = structuredClone(whole);
  change(copy.families[0], copy.families[0].sizes[0]);
  return copy;
}

describe("catalog.schema.json", () => {
  it("takes the catalog", () => {
    expect(validate(whole), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each<[string, Parameters<typeof changed>[0]]>([
    ["a field that nobody knows", (family) => Object.assign(family, { note: "" })],
    ["no license", (_, size) => delete size.license],
    ["a repository that climbs", (_, size) => Object.assign(size, { original: "../etc" })],
    ["a repository that climbs within", (_, size) => Object.assign(size, { gguf: ["org/.."] })],
    ["a repository that is a path", (_, size) => Object.assign(size, { gguf: ["org/a/b"] })],
    ["parameters as text", (_, size) => Object.assign(size, { params: "7b" })],
    ["a name with a space", (family) => Object.assign(family, { name: "a b" })],
    ["a title that moves the cursor", (family) => Object.assign(family, { title: "a\u001b[2J" })],
    ["no sizes", (family) => Object.assign(family, { sizes: [] })],
  ])("refuses %s", (_, change) => {
    expect(validate(changed(change))).toBe(false);
  });

  it("has sources for every word that the entries use", () => {
    const words = listCatalog().flatMap(({ sizes }) => sizes.flatMap(({ source }) => source));
    const known = Object.keys(whole.sources);
    for (const word of words) expect(known.includes(word) || /[@ ]/.test(word), word).toBe(true);
  });
});

it("docs/catalog.md shows the catalog as it is; else run: node scripts/catalog-table.mjs", () => {
  expect(read("docs/catalog.md")).toBe(withTable(read("docs/catalog.md"), listCatalog()));
});
