// oslm outdated: stored models against what the Hub has now.
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { TEXTS } from "../license/texts.js";
import { type FakeHub, type FakeRepo, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { runHere } from "../support/run-here.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let hub: FakeHub;
const first = tinyGguf();
const second = tinyGguf({ "general.name": "tiny, once more" });
const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
const words = (id: string) => Buffer.from(TEXTS[id] ?? id);
const free: FakeRepo = {
  id: "org/free",
  files: { "m-Q4_K_M.gguf": first, "m-Q8_0.gguf": tinyGguf({ a: "b" }), LICENSE: words("mit") },
  card: { license: "mit" },
};
const llama: FakeRepo = {
  id: "org/llama",
  files: { "m-Q4_K_M.gguf": first, LICENSE: words("llama3.1") },
  card: { license: "llama3.1" },
};

/** One hub and one home for all; a test that pulls has a home of its own. */
beforeAll(async () => {
  hub = await startFakeHub({ repos: [free, llama] });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
  await pull(home, "org/free:Q4_K_M");
  await pull(home, "org/llama:Q4_K_M", "--accept-license", "llama3.1");
});
beforeEach(async () => {
  for (const repo of [free, llama]) await hub.push(repo);
  hub.requests.length = 0;
});
afterAll(async () => {
  await hub.close();
  home.remove();
});
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function pull(into: Home, ...args: string[]): Promise<void> {
  expect((await runHere(into, ["pull", ...args])).code).toBe(0);
}
async function freshHome(...models: string[]): Promise<Home> {
  const fresh = new Home({ HF_ENDPOINT: hub.endpoint });
  opened.push({ close: () => fresh.remove() });
  for (const model of models) await pull(fresh, model);
  return fresh;
}
const outdated = (...args: string[]) => runHere(home, ["outdated", ...args]);
interface Compared {
  readonly name: string;
  readonly commit: string;
  readonly latest: { readonly repo: string; readonly commit: string } | null;
  readonly fetchBytes: number;
  readonly changes: readonly unknown[];
}
const compared = (...args: string[]) => comparedIn(home, ...args);
async function comparedIn(place: Home, ...args: string[]): Promise<readonly Compared[]> {
  const { code, stdout, stderr } = await runHere(place, ["outdated", ...args, "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}
const weights = () => hub.requests.filter(({ host, path }) => host === "cdn" || path.endsWith(".gguf"));
/** Everything that is kept of the evidence, with its bytes. */
const kept = (place = home) =>
  place.files().flatMap((file) => (file.includes("/evidence/") ? [[file, readFileSync(join(place.path, file))]] : []));

it("says nothing on stdout where nothing changed, with and without licenses", async () => {
  for (const flags of [[], ["--license"], ["--exit-code"]]) {
    expect(await outdated(...flags)).toEqual({
      code: 0,
      stdout: "",
      stderr: "Nothing changed on the Hub (models: 2).\n",
    });
  }
  const [model] = await compared("org/free");
  expect(model).toMatchObject({
    ...{ name: "org/free:Q4_K_M", repo: "org/free", quant: "Q4_K_M", revision: "main" },
    ...{ latest: { repo: "org/free", commit: model?.commit }, fetchBytes: 0, changes: [] },
  });
  expect(weights()).toEqual([]);
});

it("takes a newer commit for a change only when a stored file changed", async () => {
  await hub.push({ ...free, files: { ...free.files, "m-Q8_0.gguf": second, "README.md": words("# new") } });
  const [same] = await compared("org/free");
  expect([same?.changes, same?.latest?.commit === same?.commit]).toEqual([[], false]);

  await hub.push({ ...free, files: { ...free.files, "m-Q4_K_M.gguf": second } });
  const [model] = await compared("org/free");
  expect(model).toMatchObject({
    fetchBytes: second.length,
    changes: [
      {
        ...{ what: "file", path: "m-Q4_K_M.gguf" },
        before: { size: first.length, sha256: sha256(first) },
        now: { size: second.length, sha256: sha256(second) },
      },
    ],
  });
  const { code, stdout, stderr } = await outdated();
  const row = `file m-Q4_K_M.gguf\t${first.length} ${sha256(first)}\t${second.length} ${sha256(second)}`;
  expect([code, stdout]).toEqual([0, `org/free:Q4_K_M\t${row}\n`]);
  expect(stderr).toMatch(/^1 of 2 changed on the Hub; to fetch: .* by oslm pull\.\n$/);
  expect((await outdated("-q")).stdout).toBe("org/free:Q4_K_M\n");
  expect(weights()).toEqual([]);
});

it("is content again after a pull, though the earlier commit is still here", async () => {
  const own = await freshHome("org/free:Q4_K_M");
  await hub.push({ ...free, files: { ...free.files, "m-Q4_K_M.gguf": second } });
  expect((await own.run(["outdated", "org/free"])).stdout).not.toBe("");
  await pull(own, "org/free:Q4_K_M");
  expect((await own.run(["outdated", "org/free"])).stdout).toBe("");
  expect(await comparedIn(own)).toHaveLength(1);
});

it("knows a file that has another name now, and one that is gone", async () => {
  await hub.push({ ...free, files: { "renamed.gguf": first } });
  expect((await compared("org/free"))[0]?.changes).toEqual([]);
  await hub.push({ ...free, files: { "m-Q8_0.gguf": second } });
  const [model] = await compared("org/free");
  expect(model).toMatchObject({ fetchBytes: 0, changes: [{ what: "file", path: "m-Q4_K_M.gguf", now: null }] });
  expect((await outdated()).stdout).toMatch(/^org\/free:Q4_K_M\tfile m-Q4_K_M\.gguf\t\d+ [0-9a-f]{64}\t\n$/);
});

it("shows what changed about a license, and that what was accepted does not count for it", async () => {
  const text = Buffer.concat([words("llama3.1"), Buffer.from("\nAddendum: ...")]);
  const files = { ...llama.files, LICENSE: text, NOTICE: words("by org") };
  await hub.push({ ...llama, files, gated: "manual" });
  await hub.push({ ...free, card: { license: "cc-by-nc-4.0", base_model: "org/llama" } });
  const before = kept();
  expect((await outdated()).stdout).toBe("");

  const fact = (what: string, from: string | null, now: string | null, path: string | null = null) => {
    return { what, path, before: from, now };
  };
  const [changed, accepted] = await compared("--license");
  expect(changed?.changes).toEqual([
    fact("license", "mit", "cc-by-nc-4.0"),
    fact("base-models", null, "org/llama"),
    fact("verdict", "mit: allow", expect.stringMatching(/^[\w. -]*cc-by-nc-4\.0[\w. -]*: ask$/)),
  ]);
  expect(accepted?.changes).toEqual([
    fact("license-text", sha256(words("llama3.1")), sha256(text), "LICENSE"),
    fact("license-text", null, sha256("by org"), "NOTICE"),
    fact("gate", null, "manual"),
    fact("verdict", "llama3.1: allow", "llama3.1: ask"),
  ]);
  const { code, stdout } = await outdated("org/llama", "--license", "--exit-code");
  expect([code, stdout]).toEqual([10, expect.stringContaining("org/llama:Q4_K_M\tgate\t\tmanual\n")]);
  // What a pull has seen is what the next comparison is made with.
  expect(kept()).toEqual(before);
  expect(weights()).toEqual([]);
});

it("takes the header of a file that stayed the same for the same", async () => {
  const header = { "general.license": "gemma", "general.base_model.0.repo_url": "https://huggingface.co/org/llama" };
  const files = { "m-Q4_K_M.gguf": tinyGguf(header), LICENSE: words("mit") };
  const told = { id: "org/told", files, card: { license: "mit" } };
  await hub.push(told);
  const own = await freshHome();
  const { stdout } = await own.run(["license", "org/told", "--json"]);
  expect(JSON.parse(stdout).id).toBe("mit");
  await pull(own, "org/told", ...["mit", "llama3.1", "gemma"].flatMap((id) => ["--accept-license", id]));
  const judged = JSON.parse((await own.run(["license", "org/told", "--json"])).stdout);
  expect(judged.evidence).toContainEqual(expect.objectContaining({ source: "m-Q4_K_M.gguf: general.license" }));
  await hub.push({ ...told, files: { ...files, "README.md": words("# A typo") } });
  expect((await comparedIn(own, "--license"))[0]?.changes).toEqual([]);
  // What the new file says nobody has read yet.
  await hub.push({ ...told, files: { ...files, "m-Q4_K_M.gguf": first } });
  expect((await comparedIn(own, "--license"))[0]?.changes).toMatchObject([{ what: "file" }, { what: "verdict" }]);
});

it("tells texts of one name in several repositories apart", async () => {
  const terms = { id: "acme/terms", files: { LICENSE: words("llama3.1") }, card: { license: "llama3.1" } };
  const card = { license: "other", license_link: "https://huggingface.co/acme/terms/blob/main/LICENSE" };
  const model = { ...llama, id: "org/linked", card };
  for (const repo of [terms, model]) await hub.push(repo);
  const own = await freshHome();
  await pull(own, "org/linked", "--accept-license", "llama3.1");
  const more = Buffer.concat([words("llama3.1"), Buffer.from("\nAddendum")]);
  const paths = async () =>
    (await comparedIn(own, "--license"))[0]?.changes.flatMap((one) => (Object(one).path ? [Object(one).path] : []));
  await hub.push({ ...model, files: { ...model.files, LICENSE: more } });
  expect(await paths()).toEqual(["LICENSE"]);
  await hub.push({ ...terms, files: { LICENSE: more } });
  expect(await paths()).toEqual(["LICENSE", "acme/terms: LICENSE"]);
  const based = { ...free, card: { license: "mit", base_model: "acme/terms" } };
  await hub.push({ ...based, id: "org/based" });
  await pull(own, "org/based", "--accept-license", "mit AND llama3.1");
  await hub.push(terms);
  const [onBase] = await comparedIn(own, "org/based", "--license");
  expect(onBase?.changes).toContainEqual(expect.objectContaining({ path: "acme/terms: LICENSE" }));
});

it("sees a gate and a policy that came later, at the same commit, without touching what is kept", async () => {
  const [{ commit = "" } = {}] = await compared("org/free");
  await hub.push({ ...free, commit, gated: "auto" });
  const before = kept();
  expect((await compared("org/free", "--license"))[0]?.changes).toEqual([
    { what: "gate", path: null, before: null, now: "auto" },
  ]);
  expect(kept()).toEqual(before);
  const policy = join(home.path, "policy.yaml");
  writeFileSync(policy, "license:\n  deny: [mit]\n");
  await hub.push({ ...free, card: { license: "apache-2.0" }, files: { "m-Q4_K_M.gguf": first } });
  expect((await compared("org/free", "--license", "--policy", policy))[0]?.changes).toContainEqual({
    ...{ what: "verdict", path: null, before: "mit: deny", now: "apache-2.0: allow" },
  });
});

it("compares with the stored commit on the Hub where nothing was kept of it", async () => {
  const own = await freshHome("org/free:Q4_K_M");
  rmSync(join(own.path, ".local/state/oslm/evidence"), { recursive: true });
  await hub.push({ ...free, card: { license: "apache-2.0" } });
  const [model] = await comparedIn(own, "--license");
  expect(model?.changes).toContainEqual({ what: "license", path: null, before: "mit", now: "apache-2.0" });
  expect(kept(own)).toEqual([]);
});

it("says that a repository was renamed, that it is gone, and that its tag is", async () => {
  const other = await startFakeHub({ repos: [{ ...free, id: "new/name", renamedFrom: "org/free" }] });
  opened.push(other);
  const env = { HF_ENDPOINT: other.endpoint };
  const there = await home.run(["outdated"], { env });
  expect([there.code, there.stdout]).toEqual([
    0,
    "org/free:Q4_K_M\trepository\torg/free\tnew/name\norg/llama:Q4_K_M\trepository\torg/llama\t\n",
  ]);
  await hub.push({ ...free, tags: { v1: (await compared("org/free"))[0]?.commit ?? "" } });
  const own = await freshHome("org/free@v1:Q4_K_M");
  const tagged = await own.run(["outdated", "org/free@v1", "--json=changes,latest"], { env });
  expect(JSON.parse(tagged.stdout)).toEqual([
    { changes: [{ what: "revision", path: null, before: "v1", now: null }], latest: null },
  ]);
});

it("gives 10 with --exit-code, after the table", async () => {
  await hub.push({ ...free, files: { "m-Q4_K_M.gguf": second } });
  const { code, stdout, stderr } = await outdated("--exit-code", "--quiet");
  expect([code, stdout]).toEqual([10, "org/free:Q4_K_M\n"]);
  expect(stderr).toBe("oslm: 1 of 2 models changed on the Hub\n  org/free:Q4_K_M.\nTry: oslm pull org/free:Q4_K_M\n");
  const json = await outdated("--exit-code", "--json");
  expect([json.code, JSON.parse(json.stdout).length, JSON.parse(json.stderr).error.code]).toEqual([10, 2, "outdated"]);
});

it("asks the Hub for little: a repository once, however many models are of it", async () => {
  const own = await freshHome("org/free:Q4_K_M", "org/free:Q8_0");
  hub.requests.length = 0;
  expect(await comparedIn(own)).toHaveLength(2);
  expect(hub.requests).toHaveLength(1);
  await hub.push({ ...free, card: { license: "mit", base_model: "org/llama" } });
  hub.requests.length = 0;
  await comparedIn(own, "--license");
  expect(hub.requests.filter(({ path }) => path.includes("/org/llama/revision/"))).toHaveLength(1);
  expect(hub.requests.filter(({ path }) => /^\/org\/free\/raw\/.*\/LICENSE$/.test(path))).toHaveLength(1);
});

it("leaves out what did not come from the Hub", async () => {
  const own = await freshHome("org/free:Q4_K_M");
  const path = join(own.path, "m.gguf");
  writeFileSync(path, tinyGguf());
  expect((await own.run(["import", path, "--name", "mine"])).code).toBe(0);
  expect(await own.run(["outdated", "mine"])).toEqual({
    ...{ code: 0, stdout: "", stderr: "None of these models came from the Hub. Try: oslm pull qwen2:0.5b\n" },
  });
  expect((await comparedIn(own)).map(({ name }) => name)).toEqual(["org/free:Q4_K_M"]);
});

it.skipIf(process.platform === "win32")("is a table on a terminal", async () => {
  await hub.push({ ...free, files: { "m-Q4_K_M.gguf": second } });
  const { text } = await inTerminal(home, ["outdated"]);
  expect(text).toMatch(/MODEL +CHANGED +BEFORE +NOW/);
  expect(text).toContain(sha256(second).slice(0, 12));
});

it.each([
  ["offline", ["--offline"], 7, /and oslm is offline/],
  ["for a model that is not here", ["org/none"], 3, /org\/none is not on this disk/],
])("fails %s", async (_what, args, code, says) => {
  expect(await outdated(...args)).toEqual({ code, stdout: "", stderr: expect.stringMatching(says) });
});
