// Names that others put over ours: what each then means, and what is still expected of its license.
import { afterEach, describe, expect, it } from "vitest";
import { target } from "../../src/app/pull/resolve.js";
import { type CatalogFamily, listCatalog, lookup, useOverlays } from "../../src/catalog/catalog.js";
import { parseRef } from "../../src/model/ref.js";

afterEach(() => useOverlays([]));

const size = (word: string, more: object = {}) => ({
  ...{ size: word, params: 3e9, context: 4096, license: { id: "mit", confidence: "medium" }, confidence: "medium" },
  ...{ gguf: ["team/copy-GGUF"], original: "team/copy", source: [], ...more },
});
function overlay(family: object): void {
  const whole = { title: "Copy", vendor: "", modality: "text", aliases: [], defaultSize: "3b", sizes: [size("3b")] };
  useOverlays([{ given: "team.json", families: [{ ...whole, ...family } as unknown as CatalogFamily] }]);
}
function expected(name: string): string | undefined {
  const ref = parseRef(name);
  return ref.kind === "catalog" ? target(ref).expectedLicense : undefined;
}
const found = (name: string, word?: string) => {
  const hit = lookup(name, word);
  return `${hit.family.name}:${hit.size.size} of ${hit.size.original}`;
};

describe("what is expected of a copy under one of our names is not milder", () => {
  it.each<[string, object, readonly string[]]>([
    ["its family's name", { name: "qwen2.5" }, ["qwen2.5:3b", "qwen2.5-3b", "qwen2.5"]],
    ["an alias", { name: "house", aliases: ["qwen2.5"] }, ["qwen2.5:3b", "qwen2.5-3b", "QWEN2.5:3b-q4_k_m", "house"]],
    ["an alias of an alias", { name: "house", aliases: ["qwen-2.5"] }, ["qwen-2.5:3b", "qwen-2.5-3b"]],
    ["a size's name", { name: "house", sizes: [size("3b", { names: ["qwen2.5-3b"] })] }, ["qwen2.5-3b", "house"]],
    [
      "another word for the size",
      { name: "qwen2.5", defaultSize: "mine", sizes: [size("mine", { aliases: ["3b"] })] },
      ["qwen2.5:3b", "qwen2.5:mine", "qwen2.5"],
    ],
    [
      "a repository",
      { name: "house", sizes: [size("3b", { gguf: ["qwen/QWEN2.5-3B-Instruct-GGUF"] })] },
      ["house", "house:3b"],
    ],
  ])("by %s", (_, family, names) => {
    overlay(family);
    for (const name of names) expect([name, expected(name)]).toEqual([name, "qwen-research"]);
  });

  it("and of what has no name of ours it is the file's own word", () => {
    overlay({ name: "house", aliases: ["home"] });
    for (const name of ["house", "home:3b"]) expect(expected(name)).toBe("mit");
  });
});

describe("a name means what the list says", () => {
  const listed = () => listCatalog().map(({ name }) => name);

  it.each<[string, object]>([
    ["a family of our name", { name: "llama2" }],
    ["an alias that is our name", { name: "house", aliases: ["llama2"] }],
  ])("%s takes the place of ours as a whole, by whatever it is called", (_, family) => {
    overlay(family);
    const { name } = family as { name: string };
    expect(listed().filter((one) => one === "llama2")).toEqual(name === "llama2" ? ["llama2"] : []);
    for (const one of ["llama2", "llama-2", "llama-2-3b"]) expect(found(one)).toBe(`${name}:3b of team/copy`);
    expect(() => found("llama2", "13b")).toThrow();
    expect(() => found("llama-2-13b")).toThrow();
  });

  it("a size that has our name takes it as well", () => {
    overlay({ name: "house", sizes: [size("3b", { names: ["llama2"] })] });
    expect(listed()).not.toContain("llama2");
    expect(found("llama-2")).toBe("house:3b of team/copy");
  });

  it("an alias of ours leaves what it stood for", () => {
    overlay({ name: "house", aliases: ["llama-2"] });
    expect(listed()).toEqual(expect.arrayContaining(["house", "llama2"]));
    expect(found("llama-2")).toBe("house:3b of team/copy");
    expect(found("llama2", "13b")).toBe("llama2:13b of meta-llama/Llama-2-13b-chat-hf");
  });

  it("what a repository is called takes no name that is ours", () => {
    overlay({ name: "house", sizes: [size("3b", { original: "team/Qwen2.5-3B-Instruct" })] });
    expect(found("qwen2.5-3b-instruct")).toMatch(/^qwen2\.5:3b /);
  });

  it("every family that is listed answers to its name", () => {
    overlay({ name: "house", aliases: ["llama2", "qwen2.5", "bge"], sizes: [size("3b", { names: ["phi", "phi-2"] })] });
    for (const family of listCatalog()) {
      for (const one of family.sizes) expect(lookup(family.name, one.size)).toEqual({ family, size: one });
    }
  });
});
