import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { checkTogether, readImages } from "../../src/app/run/read-images.js";
import { png } from "../support/images.js";

const home = mkdtempSync(join(tmpdir(), "oslm-images-"));
afterAll(() => rmSync(home, { recursive: true }));

/** An image with a hole behind it, which takes no room on the disk. */
function sparse(name: string, size: number): string {
  const path = join(home, name);
  writeFileSync(path, png(8, 8));
  truncateSync(path, size);
  return path;
}
const MIB = 2 ** 20;

it("reads images up to 128 MiB together, and no more", async () => {
  const [large, small] = [sparse("large.png", 64 * MIB), sparse("small.png", 1000)];
  expect((await readImages({ home }, [large, large])).map(({ bytes }) => bytes.length)).toEqual([64 * MIB, 64 * MIB]);
  await expect(readImages({ home }, [large, large, small])).rejects.toMatchObject({
    code: "usage",
    facts: { detail: `With ${small} they have more than 128 MiB.` },
  });
});

it("refuses one of more than 64 MiB", async () => {
  const file = sparse("huge.png", 64 * MIB + 1);
  await expect(readImages({ home }, [file])).rejects.toMatchObject({
    code: "bad-image",
    facts: { file, is: "too-large" },
  });
});

it("says that it takes files where it is given an address", async () => {
  await expect(readImages({ home }, ["https://example.org/x.png"])).rejects.toMatchObject({
    code: "usage",
    facts: { problem: "--image takes files" },
  });
});

it("holds a conversation to the same bounds, whenever its images were read", async () => {
  const [large, small] = await readImages({ home }, [sparse("large.png", 64 * MIB), sparse("small.png", 1000)]);
  if (!large || !small) throw new Error("not read");
  expect(() => checkTogether([large, large])).not.toThrow();
  expect(() => checkTogether([large, small, large])).toThrow(/usage/);
  expect(() => checkTogether(Array(16).fill(small))).not.toThrow();
  expect(() => checkTogether(Array(17).fill(small))).toThrow(/usage/);
});
