// Which size of a family a tag means.
import { expect, it } from "vitest";
import type { CatalogFamily } from "../../src/catalog/catalog.js";
import { findSize } from "../../src/catalog/find-size.js";

const family = (defaultSize: string, sizes: readonly object[]) =>
  ({ name: "tiny", modality: "text", defaultSize, sizes }) as unknown as CatalogFamily;
const call = (one: CatalogFamily, tag: string) => findSize(one, tag)?.size;

it("is none where the words are true of several", () => {
  const two = family("7b", [
    { size: "7b", original: "x/Tiny-7B-v1-chat" },
    { size: "7b-v1", original: "x/Tiny-7B-v1-chat" },
  ]);
  expect([call(two, "7b"), call(two, "7b-v1"), call(two, "7b-v1-chat")]).toEqual(["7b", "7b-v1", undefined]);
});

it.each(["text", "base"])("is the usual one for `%s` alone, where that only goes on with a text", (tag) => {
  const sizes = [
    { size: "1b", original: "x/Tiny-1B", base: true },
    { size: "7b", original: "x/Tiny-7B", base: true },
  ];
  expect(call(family("7b", sizes), tag)).toBe("7b");
  expect(call(family("1b", [{ size: "1b", original: "x/Tiny-1B" }]), tag)).toBeUndefined();
});
