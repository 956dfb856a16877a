// oslm import: files of this disk become models, or nothing happens at all.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DEMO, Home, type Result } from "../support/oslm.js";
import { TENSORS, tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const MIT = { "general.license": "mit" };

function put(path: string, bytes: Buffer): string {
  const full = join(home.path, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, bytes);
  return full;
}
const run = (...args: string[]): Promise<Result> => home.run(args);
const listed = async () => (await run("list", "-q")).stdout.split("\n").filter(Boolean);
const own = () => home.files().filter((file) => file.startsWith(".local/share/oslm/"));

it("records a reference that runs by its name, and leaves the file alone", async () => {
  const path = put("models/demo.gguf", readFileSync(DEMO));
  const { code, stdout, stderr } = await run("import", path, "--name", "mine");
  expect([code, stdout]).toEqual([0, "mine\n"]);
  expect(stderr).toContain("license mit (permissive)");
  expect(own()).toEqual([]);
  expect((await run("run", "mine", "How do I pull a model?", "--temp", "0")).stdout).toContain("oslm pull");
  const shown = JSON.parse((await run("show", "mine", "--json")).stdout);
  expect(shown).toMatchObject({ path, repo: null, license: { id: "mit", class: "permissive" } });
  expect(JSON.parse((await run("fit", "mine", "--json")).stdout)).toMatchObject({ ref: "mine", choice: "Q8_0" });
  expect((await run("rm", "mine", "--yes")).code).toBe(0);
  expect(statSync(path).size).toBe(statSync(DEMO).size);
  expect(await listed()).toEqual([]);
});

it("takes the name from the header, and the quantization from name or header", async () => {
  put("x.gguf", tinyGguf({ "general.name": "My Model", "general.size_label": "2B", "general.file_type": 15, ...MIT }));
  put("my-model-Q8_0.gguf", tinyGguf({ "general.name": "My Model 2b", ...MIT }));
  expect((await run("import", join(home.path, "x.gguf"))).stdout).toBe("my-model-2b:q4_k_m\n");
  expect((await run("import", join(home.path, "my-model-Q8_0.gguf"))).stdout).toBe("my-model-2b:q8_0\n");
  expect((await run("show", "my-model-2b:q4_k_m", "-q")).stdout.trim()).toBe(join(home.path, "x.gguf"));
  expect((await run("show", "my-model-2b:q8_0", "-q")).stdout).toContain("my-model-Q8_0.gguf");
});

it("gives two models two names, and one model one", async () => {
  const first = put("a/m-Q8_0.gguf", tinyGguf({ "general.name": "m", ...MIT }));
  const second = put("b/m-Q8_0.gguf", tinyGguf({ "general.name": "m", "general.license": "apache-2.0" }));
  for (const path of [first, second, first]) await run("import", path);
  expect(await listed()).toEqual(["m-2:q8_0", "m:q8_0"]);
});

it("shadows no name of the catalog", async () => {
  const path = put("q.gguf", tinyGguf({ "general.name": "Qwen2", ...MIT }));
  expect((await run("import", path)).stdout).toBe("qwen2-local\n");
  expect(await listed()).toEqual(["qwen2-local"]);
});

it.each([
  ["Not a name", /letters, digits/],
  ["demo", /embedded demo model/],
  ["org/repo", /letters, digits/],
  ["mine:q4_k_m", /the model's is Q8_0/],
  ["qwen2", /a name of the catalog/],
  ["taken", /name of .*other.gguf already/],
])("refuses the name %s", async (name, says) => {
  await run("import", put("other.gguf", tinyGguf({ ...MIT, "general.name": "other" })), "--name", "taken");
  const { code, stderr } = await run("import", put("m-Q8_0.gguf", tinyGguf(MIT)), "--name", name);
  expect([code, stderr]).toEqual([2, expect.stringMatching(says)]);
  expect(await listed()).toEqual(["taken"]);
});

it.each([["--copy"], ["--link"]])("%s keeps the model when the file goes", async (flag) => {
  const bytes = tinyGguf(MIT);
  const path = put("m-Q8_0.gguf", bytes);
  await run("import", path, flag);
  const folder = `.local/share/oslm/${sha256(bytes).slice(0, 16)}`;
  expect(own()).toEqual([`${folder}/m-Q8_0.gguf`, `${folder}/model.json`]);
  expect(statSync(join(home.path, folder, "m-Q8_0.gguf")).nlink).toBe(flag === "--link" ? 2 : 1);
  rmSync(path);
  expect((await run("show", "tiny:q8_0", "-q")).stdout.trim()).toBe(join(home.path, folder, "m-Q8_0.gguf"));
  const record = JSON.parse(readFileSync(join(home.path, folder, "model.json"), "utf8"));
  expect(record).toMatchObject({ name: "tiny:q8_0", repo: null, files: [{ sha256: sha256(bytes) }] });
  await run("rm", "tiny:q8_0", "--yes");
  expect(own()).toEqual([]);
});

it("takes all parts of a split model, by whichever is named", async () => {
  const part = (index: number) =>
    tinyGguf({ "split.no": index, "split.count": 3, ...MIT }, TENSORS.slice(index, index + 1));
  const paths = [0, 1, 2].map((index) => put(`m-Q8_0-0000${index + 1}-of-00003.gguf`, part(index)));
  expect((await run("import", paths[1] ?? "", "--copy")).code).toBe(0);
  const [model] = JSON.parse((await run("list", "--json")).stdout);
  expect(model).toMatchObject({ name: "tiny:q8_0", size: paths.reduce((sum, path) => sum + statSync(path).size, 0) });
  expect(own()).toHaveLength(4);
  rmSync(paths[2] ?? "");
  const { code, stderr } = await run("import", paths[0] ?? "");
  expect([code, stderr]).toEqual([3, expect.stringContaining("00003-of-00003")]);
});

it.each([
  ["a web page", Buffer.from("<!doctype html><p>Sign in")],
  ["a file cut short", tinyGguf().subarray(0, -40)],
  ["an empty file", Buffer.alloc(0)],
])("records nothing of %s", async (_what, bytes) => {
  const { code, stdout } = await run("import", put("m.gguf", bytes), "--copy");
  expect([code, stdout]).toEqual([8, ""]);
  expect(await listed()).toEqual([]);
  expect(own()).toEqual([]);
});

it.each([
  ["written to", (path: string) => utimesSync(path, 1, 1), /was written to at 1970/],
  ["cut short", (path: string) => writeFileSync(path, "GGUF"), /has 4 bytes now/],
])("says that the file was %s since, instead of using it", async (_what, change, says) => {
  const path = put("m.gguf", tinyGguf(MIT));
  await run("import", path, "--name", "mine");
  change(path);
  for (const words of [
    ["run", "mine", "hello"],
    ["show", "mine"],
  ]) {
    const { code, stderr } = await run(...words);
    expect([code, stderr]).toEqual([8, expect.stringMatching(says)]);
    expect(stderr).toContain(`Try: oslm import ${path} --name mine`);
  }
});

it.each([
  [{}, /unknown/],
  [{ "general.license": "cc-by-nc-4.0" }, /non-commercial/],
])("warns of a license that is %j, and imports all the same", async (keys, says) => {
  const { code, stderr } = await run("import", put("m.gguf", tinyGguf(keys)));
  expect(code).toBe(0);
  expect(stderr).toMatch(/^warning: /m);
  expect(stderr).toMatch(says);
});

it("says what to do with a name that is no file", async () => {
  const { code, stderr } = await run("import", "qwen2");
  expect([code, stderr]).toEqual([3, expect.stringContaining("Try: oslm pull qwen2")]);
  expect((await run("import", "./nothing.gguf")).code).toBe(3);
});
