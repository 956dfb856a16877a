import { expect, it } from "vitest";
import { parseSize } from "../../src/model/parse-size.js";

it.each([
  ["8GB", 8_000_000_000],
  ["8gb", 8_000_000_000],
  ["8g", 8_000_000_000],
  ["8 G", 8_000_000_000],
  ["8GiB", 8_589_934_592],
  ["7.5GiB", 8_053_063_680],
  ["512MB", 512_000_000],
  ["512MiB", 536_870_912],
  ["64k", 64_000],
  ["64KiB", 65_536],
  ["1TB", 1_000_000_000_000],
  ["1.5T", 1_500_000_000_000],
  ["123", 123],
  ["123B", 123],
  ["0", 0],
] as const)("%s is %d bytes", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

it.each(["", "GB", "-1GB", "8XB", "8 G B", "1e9", "0x10", "8,5GB", "99999999TB", ".5GB", "8GB!"])(
  "%j is not a size",
  (text) => {
    expect(() => parseSize(text)).toThrowError(expect.objectContaining({ code: "usage" }));
  },
);
