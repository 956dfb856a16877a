import { expect, it } from "vitest";
import { wrap } from "../../src/ui/wrap.js";

it.each([
  ["short", 20, "", "short"],
  ["  - one two three four", 12, "    ", "  - one two\n    three\n    four"],
  ["averyveryverylongword and more", 10, " ", "averyveryverylongword\n and more"],
])("wraps %j at %i", (text, width, indent, expected) => {
  expect(wrap(text, width, indent)).toBe(expected);
});
