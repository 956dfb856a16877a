// Links between the documents lead somewhere.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const docs = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md"))
  .map((name) => join("docs", name));

/** What a document links to here, as paths from the root. */
function linksOf(name: string): string[] {
  const text = readFileSync(join(ROOT, name), "utf8").replace(/^```[\s\S]*?^```/gm, "");
  const places = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? "");
  return places.filter((place) => !/^[a-z]+:/.test(place)).map((place) => join(dirname(name), place));
}

it.each(["README.md", "CONTRIBUTING.md", ...docs])("of %s", (name) => {
  expect(linksOf(name).filter((place) => !existsSync(join(ROOT, place)))).toEqual([]);
});

it("from README.md to every page of docs/", () => {
  const reached = new Set(["README.md"]);
  for (const name of reached) for (const place of linksOf(name)) if (docs.includes(place)) reached.add(place);
  expect(docs.length).toBeGreaterThan(10);
  expect(docs.filter((name) => !reached.has(name))).toEqual([]);
});
