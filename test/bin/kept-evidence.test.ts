// What was seen of a license is kept: a stored model is judged by it, not by the word that a record has left of it.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TEXTS } from "../license/texts.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
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
const kept = (name: string) => join(home.path, evidence().find((file) => file.endsWith(name)) ?? name);
const policy = (rules: string) => {
  const path = join(home.path, "policy.yaml");
  writeFileSync(path, `license:\n${rules}`);
  return ["--policy", path];
};
const run = (...flags: string[]) => home.run(["run", "org/m", "hi", "--offline", ...flags]);

it("judges without a request as with them: conflicts, doubts, texts and base models", async () => {
  expect((await home.run(["pull", "org/m", ...accepted])).code).toBe(0);
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
  expect((await home.run(["pull", "org/free"])).code).toBe(0);
  const path = kept("LICENSE");
  writeFileSync(path, text("gemma"));
  expect((await license("org/free", "--offline")).document).toMatchObject({
    decision: "ask",
    reasons: expect.arrayContaining([expect.stringContaining("LICENSE could not be read")]),
  });
  writeFileSync(kept("evidence.json"), "{}");
  expect((await license("org/free", "--offline")).document).toMatchObject({ from: "record", id: "mit" });
});

it("has a doubt where the evidence of a pull is lost, until it looks again", async () => {
  expect((await home.run(["pull", "org/m", ...accepted])).code).toBe(0);
  rmSync(join(home.path, ".local/state/oslm/evidence"), { recursive: true });
  const lost = await run(...policy("  unknown: deny\n"));
  expect([lost.code, lost.stderr]).toEqual([5, expect.stringContaining("only its id is on record")]);
  // Past the gate; a model without tensors runs nowhere.
  expect((await run(...policy("  deny: [gemma]\n"))).code).toBe(9);
  await license("org/m");
  expect((await run(...policy("  conflict: deny\n"))).code).toBe(5);
});
