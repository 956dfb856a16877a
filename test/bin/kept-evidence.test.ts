// What was seen of a license is kept: a stored model is judged by it, not by the word that a record has left of it.
import { copyFileSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TEXTS } from "../license/texts.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { runHere } from "../support/run-here.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let hub: FakeHub;
const text = (id: string) => Buffer.from(TEXTS[id] ?? id);
const files = { "m-Q8_0.gguf": tinyGguf() };

beforeEach(async () => {
  hub = await startFakeHub({
    repos: [
      { id: "org/m", files: { ...files, LICENSE: text("mit") }, card: { license: "mit", base_model: "org/base" } },
      { id: "org/base", files: { LICENSE: text("llama3.1") }, card: { license: "llama3.1", base_model: "gone/root" } },
      { id: "org/free", files: { ...files, LICENSE: text("mit") }, card: { license: "mit" } },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterEach(async () => {
  await hub.close();
  home.remove();
});

const license = async (...args: string[]) => {
  const { code, stdout } = await home.run(["license", ...args, "--json"]);
  return { code, document: JSON.parse(stdout) as Record<string, unknown> };
};
const accepted = ["--accept-license", "mit AND llama3.1"];
const evidence = () => home.files().filter((file) => file.startsWith(".local/state/oslm/evidence/"));
const kept = (name: string) =>
  join(home.path, evidence().find((file) => file.endsWith(name) && !file.includes(".sums/")) ?? name);
const policy = (rules: string) => {
  const path = join(home.path, "policy.yaml");
  writeFileSync(path, `license:\n${rules}`);
  return ["--policy", path];
};
const run = (...flags: string[]) => home.run(["run", "org/m", "hi", "--offline", ...flags]);

it("judges without a request as with them: conflicts, doubts, texts and base models", async () => {
  expect((await runHere(home, ["pull", "org/m", ...accepted])).code).toBe(0);
  const { document } = await license("org/m");
  const offline = await license("org/m", "--offline");
  expect(offline).toEqual({ code: 0, document: { ...document, ref: "org/m:Q8_0", from: "kept" } });
  expect(document).toMatchObject({ floor: "org/base", conflicts: [{ found: "llama3.1" }], state: "looser" });
  expect((await run(...policy("  conflict: deny\n"))).stderr).toContain("policy.yaml:2 conflict deny");
  const { code, stderr } = await run(...policy("  unknown: deny\n"));
  expect([code, stderr]).toEqual([5, expect.stringContaining("the base model gone/root is not on the Hub")]);
});

it("answers for what was only looked at, at the branch or commit that was asked for", async () => {
  const { document } = await license("org/free");
  expect(await license("org/free", "--offline")).toEqual({ code: 0, document: { ...document, from: "kept" } });
  expect((await license(`org/free@${document.commit}`, "--offline")).document.commit).toBe(document.commit);
  expect((await home.run(["license", "org/free@v1", "--offline"])).code).toBe(7);
});

it("asks for a text once, and for base models again", async () => {
  await license("org/m");
  const first = hub.requests.length;
  await license("org/m");
  const again = hub.requests.slice(first).map(({ path }) => path);
  expect(again.filter((path) => path.endsWith("LICENSE"))).toEqual([]);
  expect(again.filter((path) => path.includes("org/base"))).toHaveLength(1);
});

it("believes no text that was changed on the disk, and no record that makes no sense", async () => {
  expect((await runHere(home, ["pull", "org/free"])).code).toBe(0);
  const path = kept("LICENSE");
  writeFileSync(path, text("gemma"));
  expect((await license("org/free", "--offline")).document).toMatchObject({
    decision: "ask",
    reasons: expect.arrayContaining([expect.stringContaining("LICENSE could not be read")]),
  });
  // With the Hub it is read again, not believed.
  expect((await license("org/free")).document).toMatchObject({ id: "mit", decision: "allow", conflicts: [] });
  expect((await license("org/free", "--offline")).document).toMatchObject({ id: "mit", decision: "allow" });
  writeFileSync(kept(".json"), "{}");
  expect((await license("org/free", "--offline")).document).toMatchObject({ from: "record", id: "mit" });
});

it("has a doubt where the evidence of a pull is lost, until it looks again", async () => {
  expect((await runHere(home, ["pull", "org/m", ...accepted])).code).toBe(0);
  rmSync(join(home.path, ".local/state/oslm/evidence"), { recursive: true });
  const lost = await run(...policy("  unknown: deny\n"));
  expect([lost.code, lost.stderr]).toEqual([5, expect.stringContaining("only its id is on record")]);
  // Past the gate; a model without tensors runs nowhere.
  expect((await run(...policy("  deny: [gemma]\n"))).code).toBe(9);
  await license("org/m");
  expect((await run(...policy("  conflict: deny\n"))).code).toBe(5);
});

const two = {
  "m-Q2_K.gguf": tinyGguf(),
  "m-Q8_0.gguf": tinyGguf({ "general.license": "gemma" }),
};
const pull = async (quant: string, ...flags: string[]) =>
  (await home.run(["pull", "org/two", "--quant", quant, ...flags])).code;

it("keeps what a header says, whoever looks at the repository at the same time", async () => {
  await hub.push({ id: "org/two", files: two, card: { license: "mit" } });
  await license("org/two");
  const record = kept(".json");
  copyFileSync(record, `${record}.slow`);
  expect(await pull("q8_0", "--accept-license", "mit AND gemma")).toBe(0);
  // As one does who has looked before the pull and writes after it.
  renameSync(`${record}.slow`, record);
  expect((await license("org/two", "--offline")).document).toMatchObject({ id: "mit AND gemma", state: "looser" });
});

it("judges each file by its own header, whatever was pulled before", async () => {
  await hub.push({ id: "org/two", files: two, card: { license: "mit" } });
  expect([await pull("q2_k"), await pull("q8_0"), await pull("q2_k")]).toEqual([0, 5, 0]);
  expect((await license("org/two:Q2_K", "--offline")).document).toMatchObject({ id: "mit", conflicts: [] });
  expect(await pull("q8_0", "--accept-license", "mit AND gemma")).toBe(0);
  expect((await license("org/two:Q2_K")).document).toMatchObject({ id: "mit", conflicts: [] });
  expect((await license("org/two:Q8_0")).document).toMatchObject({ id: "mit AND gemma" });
});

it("asks again for a doubt that only the header of another file raises", async () => {
  const files = { "m-Q2_K.gguf": tinyGguf(), "m-Q8_0.gguf": tinyGguf({ "general.license": "acme-1.0" }) };
  await hub.push({ id: "org/two", files, card: { license: "gemma" } });
  expect(await pull("q2_k", "--accept-license", "gemma")).toBe(0);
  expect(await pull("q8_0")).toBe(5);
  expect(await pull("q8_0", "--accept-license", "gemma")).toBe(0);
  expect([await pull("q8_0"), await pull("q2_k")]).toEqual([0, 0]);
});

it("keeps its record whatever files the repository has", async () => {
  const files = { "evidence.json/LICENSE": text("mit"), "evidence.json/m-Q8_0.gguf": tinyGguf() };
  await hub.push({ id: "org/odd", files, card: { license: "mit" } });
  const { document } = await license("org/odd");
  expect(await license("org/odd", "--offline")).toEqual({ code: 0, document: { ...document, from: "kept" } });
});

it("believes no record that is of another commit, and follows no link", async () => {
  const { document } = await license("org/free");
  const record = kept(".json");
  const other = record.replace(String(document.commit), "b".repeat(40));
  writeFileSync(other, readFileSync(record));
  rmSync(record);
  expect((await home.run(["license", `org/free@${"b".repeat(40)}`, "--offline"])).code).toBe(7);
  expect((await home.run(["license", "org/free", "--offline"])).code).toBe(7);
  await license("org/free");
  const folder = join(record, "..");
  renameSync(folder, `${folder}-elsewhere`);
  symlinkSync(`${folder}-elsewhere`, folder);
  expect((await home.run(["license", "org/free", "--offline"])).code).toBe(7);
});

it("answers by the newest of what was seen", async () => {
  await license("org/free");
  await hub.push({ id: "org/free", files, card: { license: "gemma" } });
  await license("org/free");
  expect((await license("org/free", "--offline")).document.declared).toBe("gemma");
});

it("asks again when there is one more text that nobody has read", async () => {
  const repo = (more: Record<string, Buffer>) => ({
    id: "org/two",
    files: { ...files, LICENSE: text("gemma"), ...more },
    card: { license: "gemma" },
  });
  await hub.push(repo({ "LICENSE.pdf": Buffer.from("%PDF") }));
  const again = async (...flags: string[]) => (await home.run(["pull", "org/two", ...flags])).code;
  expect(await again("--accept-license", "gemma")).toBe(0);
  expect(await again()).toBe(0);
  await hub.push(repo({ "LICENSE.pdf": Buffer.from("%PDF"), "LICENSE-2.docx": Buffer.from("PK") }));
  expect(await again()).toBe(5);
});

it("holds a stored model to its header and its record when the evidence is lost, and by every name of its file", async () => {
  await hub.push({ id: "org/two", files: two, card: { license: "mit" } });
  expect(await pull("q8_0", "--accept-license", "mit AND gemma")).toBe(0);
  const { path } = JSON.parse((await home.run(["show", "org/two", "--json"])).stdout) as { path: string };
  const denied = policy("  deny: [gemma]\n");
  const gate = async (...args: string[]) => (await home.run(["run", ...args, "hi", "--offline", ...denied])).code;
  expect([await gate("org/two"), await gate(path), await gate(realpathSync(path))]).toEqual([5, 5, 5]);
  rmSync(join(home.path, ".local/state/oslm/evidence"), { recursive: true });
  expect((await license("org/two")).document).toMatchObject({ id: "mit AND gemma" });
  expect(await gate("org/two")).toBe(5);
  // The record of the repository alone, and a record of the model that says more.
  rmSync(join(home.path, ".local/state/oslm/evidence"), { recursive: true });
  await home.run(["cp", "org/two", "mine"]);
  expect((await license("mine")).document).toMatchObject({ id: "mit AND gemma" });
});

it("has a doubt where the pull found more than the evidence tells", async () => {
  expect((await runHere(home, ["pull", "org/m", ...accepted])).code).toBe(0);
  const record = kept(".json");
  const { ancestors: _, ...rest } = JSON.parse(readFileSync(record, "utf8")) as Record<string, unknown>;
  writeFileSync(record, JSON.stringify({ ...rest, ancestors: [] }));
  const { document } = await license("org/m", "--offline");
  expect(document.reasons).toContain(
    "Warning: the pull found llama3.1, of which what is kept of its evidence says nothing.",
  );
  expect((await run(...policy("  allow: [mit]\n  unknown: deny\n"))).code).toBe(5);
});
