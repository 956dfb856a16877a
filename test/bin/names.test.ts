// oslm cp and rm: several names for the same bytes, and what is only partly there.
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const BODY = Buffer.concat([tinyGguf(), Buffer.alloc(9_000)]);

let hub: FakeHub;
let home: Home;
beforeAll(async () => {
  const files = { "a-Q4_K_M.gguf": BODY, "a-Q8_0.gguf": Buffer.concat([BODY, Buffer.alloc(1000)]) };
  hub = await startFakeHub({ repos: [{ id: "org/a-GGUF", files, card: { license: "mit" } }] });
});
afterAll(() => hub.close());
beforeEach(() => {
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterEach(() => home.remove());

const names = async () => (await home.run(["list", "--quiet"])).stdout.trimEnd().split("\n").filter(Boolean);
const models = () => home.files().filter((file) => file.includes("huggingface"));

it("gives a stored model a second name, without copying a byte", async () => {
  await home.run(["pull", "org/a-GGUF:Q4_K_M"]);
  const before = models();
  const copied = await home.run(["cp", "org/a-GGUF", "Mine:tag"]);
  expect(copied).toMatchObject({ code: 0, stdout: "mine:tag\n" });
  expect(models()).toEqual(before);
  expect(await names()).toEqual(["mine:tag", "org/a-GGUF:Q4_K_M"]);
  const show = async (name: string) => JSON.parse((await home.run(["show", name, "--json=name,path"])).stdout);
  expect((await show("mine:tag")).path).toBe((await show("org/a-GGUF")).path);
  expect((await show("org/a-GGUF")).name).toBe("org/a-GGUF:Q4_K_M");

  const first = await home.run(["rm", "org/a-GGUF", "--yes", "--json"]);
  expect(JSON.parse(first.stdout)).toEqual({ removed: ["org/a-GGUF:Q4_K_M"], freedBytes: 0 });
  await home.run(["cp", "mine:tag", "other"]);
  const shared = await home.run(["rm", "other", "--yes"]);
  expect(shared.stderr).toContain("the files of other stay: mine:tag needs them\n");
  expect((await show("mine:tag")).name).toBe("mine:tag");
  const last = await home.run(["rm", "mine:tag", "--yes", "--json"]);
  expect(JSON.parse(last.stdout)).toEqual({ removed: ["mine:tag"], freedBytes: BODY.length });
  expect(models()).toEqual([]);
});

it("says what a removal frees where the same bytes lie elsewhere too", async () => {
  const mine = join(home.path, "mine.gguf");
  writeFileSync(mine, BODY);
  await home.run(["pull", "org/a-GGUF:Q4_K_M"]);
  await home.run(["import", mine, "--name", "mine"]);
  const { stderr } = await home.run(["rm", "org/a-GGUF", "--yes"]);
  expect(stderr).toMatch(/Removed org\/a-GGUF:Q4_K_M; \d.* kB freed/);
  expect(stderr).not.toContain("stay");
  expect(models()).toEqual([]);
});

it("keeps the record of an imported model for the name that stays", async () => {
  const mine = join(home.path, "mine.gguf");
  writeFileSync(mine, BODY);
  await home.run(["import", mine, "--name", "by-path"]);
  const refer = await home.run(["rm", "by-path", "--yes"]);
  expect(refer.stderr).toContain("the files of by-path stay: they were imported from where they lie\n");
  expect([refer.stderr, existsSync(mine)]).toEqual([expect.stringContaining("; 0 B freed"), true]);
  await home.run(["import", mine, "--copy", "--name", "one"]);
  await home.run(["cp", "one", "two"]);
  await home.run(["rm", "one", "--yes"]);
  expect((await home.run(["show", "two"])).code).toBe(0);
  expect(home.files().filter((file) => file.endsWith("model.json"))).toHaveLength(1);
  await home.run(["rm", "two", "--yes"]);
  expect(home.files().filter((file) => file.startsWith(".local/share"))).toEqual([]);
});

it.each([
  ["qwen2", "a name of the catalog"],
  ["org/b", "letters, digits, dots and dashes"],
  ["mine:q8_0", "Q8_0, but the model's is Q4_K_M"],
  ["taken", "is the name of"],
])("refuses the name %s", async (name, reason) => {
  await home.run(["pull", "org/a-GGUF:Q4_K_M"]);
  await home.run(["pull", "org/a-GGUF:Q8_0"]);
  await home.run(["cp", "org/a-GGUF:Q8_0", "taken"]);
  const { code, stderr } = await home.run(["cp", "org/a-GGUF:Q4_K_M", name]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  expect(await names()).toEqual(["org/a-GGUF:Q4_K_M", "org/a-GGUF:Q8_0", "taken"]);
});

it("knows no model to name that is not stored", async () => {
  expect((await home.run(["cp", "org/none", "mine"])).code).toBe(3);
});

it("removes what an interrupted download left, and counts it before", async () => {
  const blobs = join(home.cache, "models--org--a-GGUF", "blobs");
  mkdirSync(blobs, { recursive: true });
  const partial = join(blobs, `${"a".repeat(64)}.oslm-0123abcd.incomplete`);
  writeFileSync(partial, Buffer.alloc(8192, 1));
  writeFileSync(`${partial}.ranges`, "a journal");
  const freed = Math.min(8192, statSync(partial).blocks * 512) + "a journal".length;
  expect((await inTerminal(home, ["list"])).text).toContain("8.2 kB in interrupted downloads: oslm prune");
  expect((await home.run(["rm", "org/a-GGUF:Q8_0", "--yes"])).code).toBe(3);
  const refused = await home.run(["rm", "org/a-GGUF"]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("of an interrupted download")]);
  const removed = await home.run(["rm", "ORG/a-GGUF", "--yes", "--json"]);
  expect(JSON.parse(removed.stdout)).toEqual({ removed: ["org/a-GGUF"], freedBytes: freed });
  expect([models(), existsSync(blobs)]).toEqual([[], false]);
  expect(readdirSync(home.cache)).toEqual([".locks"]);
});

it("counts shared bytes once", async () => {
  await home.run(["pull", "org/a-GGUF:Q4_K_M"]);
  await home.run(["cp", "org/a-GGUF", "mine"]);
  const { text } = await inTerminal(home, ["list"]);
  expect(text).toContain("2 models, 10.4 kB on this disk\n");
});
