import { expect, it } from "vitest";
import { checkImageFlags } from "../../src/cli/image-flags.js";
import { isOslmError } from "../../src/errors.js";

const problemOf = (options: Parameters<typeof checkImageFlags>[0]): string | undefined => {
  try {
    checkImageFlags(options);
    return undefined;
  } catch (error) {
    return isOslmError(error, "usage") ? error.facts.problem : String(error);
  }
};

it.each([
  ["--lora", { lora: [{ path: "a.gguf", scale: 1 }] }],
  ["--draft", { draft: "demo" }],
  ["--lookup", { lookup: true }],
  ["--grammar", { grammar: "g.gbnf" }],
  ["--n-probs", { nProbs: 3 }],
  ["--truncate", { truncate: true }],
])("refuses %s beside images, and leaves it alone without", (flag, options) => {
  expect(problemOf({ image: ["a.png"], ...options })).toBe(`${flag} has no place beside images`);
  expect(problemOf(options)).toBeUndefined();
});

it("refuses --mmproj without --image", () => {
  expect(problemOf({ mmproj: "a.gguf" })).toBe("--mmproj is for images");
});

it("lets everything else pass", () => {
  expect(problemOf({ image: ["a.png"], mmproj: "b.gguf", temp: 0, schema: "s.json", stream: true })).toBeUndefined();
});
