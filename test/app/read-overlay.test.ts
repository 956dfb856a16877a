// A catalog that somebody else wrote: what is taken, and how what is not is refused.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MAX_CATALOG, readOverlay } from "../../src/app/names/read-overlay.js";
import { listCatalog } from "../../src/catalog/catalog.js";
import { isOslmError } from "../../src/errors.js";

const size = {
  ...{ size: "1b", params: 1e9, context: 4096, license: { id: "mit" } },
  ...{ gguf: ["team/house-GGUF"], original: "team/house" },
};
const FAMILY = { ...{ name: "house", title: "House model", modality: "text", defaultSize: "1b" }, sizes: [size] };
const catalogOf = (...families: readonly object[]): string => JSON.stringify({ families });

const licensed = (id: string) => catalogOf({ ...FAMILY, sizes: [{ ...size, license: { id } }] });
const instead = (name: string) =>
  catalogOf({ ...FAMILY, sizes: [{ ...size, unsupported: { why: "it is too new", instead: name } }] });

const other = { ...size, size: "2b", aliases: ["1b"] };
/** A letter more than the Hub has names of. */
const LONG = `team/${"a".repeat(97)}`;
const TRAP = { why: "no reason", instead: "x; rm -rf ~" };

/** `at: problem` of the refusal. */
function refusal(text: string): string {
  try {
    readOverlay(text, "team.json");
  } catch (error) {
    if (isOslmError(error, "bad-catalog")) return `${error.facts.at}: ${error.facts.problem}`;
    throw error;
  }
  return "taken";
}

it("takes the least that says what a model is, and fills in the rest", () => {
  const { given, families } = readOverlay(catalogOf({ ...FAMILY, sizes: [{ ...size, gguf: undefined }] }), "team.json");
  expect(given).toBe("team.json");
  expect(families[0]).toMatchObject({ name: "house", vendor: "", aliases: [], sizes: [{ gguf: [], source: [] }] });
  expect(families[0]?.sizes[0]?.license).toEqual({ id: "mit", confidence: "medium" });
});

it.each([licensed("other"), licensed("gpl-3.0"), instead("phi3:14b"), instead("house:1b")])("takes %s", (text) => {
  expect(refusal(text)).toBe("taken");
});

it("takes what an editor marked as UTF-8", () => {
  expect(readOverlay(`\uFEFF${catalogOf(FAMILY)}`, "team.json")).toEqual(readOverlay(catalogOf(FAMILY), "team.json"));
});

it("takes oslm's own", () => {
  const own = readFileSync(new URL("../../src/catalog/catalog.json", import.meta.url), "utf8");
  expect(readOverlay(own, "own").families).toEqual(listCatalog());
});

describe("a catalog is refused", () => {
  it.each<[string, string, string]>([
    ["no JSON", "{", "it is no JSON"],
    ["deep", "[".repeat(500_000), "it is no JSON"],
    ["deep and whole", `{"families":${"[".repeat(200_000)}${"]".repeat(200_000)}}`, "/families/0: it must be object"],
    ["huge", `{"families": [${" ".repeat(3_000_000)}]}`, "it is larger than"],
    ["of wrong types", catalogOf({ ...FAMILY, sizes: 7 }), "/families/0/sizes: it must be array"],
    ["a repository that climbs", catalogOf({ ...FAMILY, sizes: [{ ...size, original: "a/../b" }] }), "/original"],
    [
      "a path for a repository",
      catalogOf({ ...FAMILY, sizes: [{ ...size, gguf: ["../../etc/passwd"] }] }),
      "/gguf/0: it must be a repository of the Hub, owner/name,",
    ],
    ["a name in capitals", catalogOf({ ...FAMILY, name: "HOUSE" }), "/name: it must be a name in lower case letters"],
    ["a repository with dots", catalogOf({ ...FAMILY, sizes: [{ ...size, gguf: ["a/b..c"] }] }), "/gguf/0"],
    ["a repository with a long name", catalogOf({ ...FAMILY, sizes: [{ ...size, original: LONG }] }), "/original"],
    ["two sizes of a word", catalogOf({ ...FAMILY, sizes: [size, size] }), "/families/0/sizes/1: 1b is the word for"],
    ["a word for two sizes", catalogOf({ ...FAMILY, sizes: [size, other] }), "/families/0/sizes/1: 1b is the word for"],
    ["a strange field", catalogOf({ ...FAMILY, accept: true }), '"accept"'],
    ["a prototype", `{"families":[{"__proto__":{}}]}`, "/families/0"],
    ["a command to paste", catalogOf({ ...FAMILY, sizes: [{ ...size, unsupported: TRAP }] }), "/unsupported/instead"],
    ["two of a name", catalogOf(FAMILY, FAMILY), "/families/1/name: house is the name of /families/0/name already"],
    ["our own name", catalogOf({ ...FAMILY, name: "demo" }), "demo is a name of oslm's own"],
    ["a default that is no size", catalogOf({ ...FAMILY, defaultSize: "2b" }), "/families/0/defaultSize"],
    [
      "a license nobody knows",
      licensed("cc-by-nc-4"),
      "/license/id: cc-by-nc-4 is no license that oslm knows; the nearest is cc-by-nc-4.0",
    ],
    ["a license like no other", licensed("nonsense-99999"), "`oslm license list` names those that are"],
    [
      "a stand-in that is none",
      instead("no-such:7b"),
      "/families/0/sizes/0/unsupported/instead: no-such:7b is no name",
    ],
    ["a stand-in of no such size", instead("phi3:99b"), "/unsupported/instead"],
    ["control characters", catalogOf({ ...FAMILY, title: "a\u001b[2Jb" }), "/families/0/title"],
  ])("that is %s, with the place", (_, text, place) => {
    expect(refusal(text)).toContain(place);
  });

  it("but not for the longest names that the Hub has", () => {
    const original = LONG.slice(0, -1);
    expect(refusal(catalogOf({ ...FAMILY, sizes: [{ ...size, original }] }))).toBe("taken");
  });

  it("by its bytes alone where it is too large", () => {
    const text = catalogOf(FAMILY);
    expect(refusal(text.padEnd(MAX_CATALOG))).toBe("taken");
    expect(refusal(text.padEnd(MAX_CATALOG + 1))).toMatch(/^: it is larger than/);
  });
});
