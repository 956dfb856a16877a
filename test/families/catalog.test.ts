// What the catalog names runs: each architecture has a tiny model in the tests beside this one.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { listCatalog } from "../../src/catalog/catalog.js";
import { engineName } from "../../src/gguf/architectures.js";
import { FAMILIES, tinyFamily } from "../support/families/tiny-family.js";
import { Home } from "../support/oslm.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const home = new Home();
afterAll(() => home.remove());

it("loads every architecture that the catalog names in the tests of this folder", () => {
  const named = listCatalog().flatMap(({ sizes }) => sizes.flatMap(({ architecture }) => architecture ?? []));
  expect(named.length).toBeGreaterThan(200);
  expect([...new Set(named)].filter((arch) => !(arch in FAMILIES))).toEqual([]);
});

it("says of an architecture that the engine lacks whose engine it is, and what would run it", async () => {
  const file = join(home.path, "new.gguf");
  writeFileSync(file, tinyGguf({ "general.architecture": "quasar9" }));
  const { code, stdout, stderr } = await home.run(["run", file, "hi"]);
  expect([code, stdout]).toEqual([9, ""]);
  expect(stderr).toContain('an architecture that the engine does not know: "quasar9"');
  expect(stderr).toContain(engineName());
  expect(stderr).toMatch(/a newer oslm/);
});

it("reads the tensors, not the name alone: one that is missing ends in exit 9", async () => {
  const file = join(home.path, "wrong.gguf");
  // A file of Gemma 2 that calls itself Gemma 3, which wants norms for each head.
  const bytes = tinyFamily("gemma2");
  const [from, to] = [Buffer.from("gemma2"), Buffer.from("gemma3")];
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at)) to.copy(bytes, at);
  writeFileSync(file, bytes);
  const { code, stderr } = await home.run(["run", file, "hi"]);
  expect([code, stderr]).toEqual([9, expect.stringMatching(/tensor 'blk\.0\.attn_[qk]_norm\.weight' not found/)]);
});
