// oslm license pack MODEL DIR: every file of the folder that travels with the weights.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TEXTS } from "../license/texts.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let hub: FakeHub;
const text = (id: string) => Buffer.from(TEXTS[id] ?? id);
const files = { "m-Q4_K_M.gguf": tinyGguf({ "general.file_type": 15 }) };
const LLAMA_NOTICE =
  "Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms, Inc. All Rights Reserved.";

beforeAll(async () => {
  hub = await startFakeHub({
    repos: [
      {
        id: "org/Tune-GGUF",
        files: { ...files, LICENSE: text("apache-2.0"), NOTICE: Buffer.from("Tune, by Org\r\n") },
        card: { license: "apache-2.0", base_model: "org/Tune", base_model_relation: "quantized" },
      },
      { id: "org/Tune", files: { LICENSE: text("mit") }, card: { license: "mit", base_model: "meta/Llama" } },
      { id: "meta/Llama", files: { LICENSE: text("llama3.1") }, card: { license: "llama3.1" } },
      { id: "org/apache", files, card: { license: "apache-2.0" } },
      { id: "org/mit", files, card: { license: "mit" } },
      { id: "org/nc", files: { ...files, LICENSE: text("cc-by-nc-4.0") }, card: { license: "cc-by-nc-4.0" } },
      { id: "org/gemma", files, card: { license: "gemma" } },
      { id: "org/nobody", files: { ...files, LICENSE: text("mit") }, card: { license: "mit", base_model: "gone/m" } },
      { id: "org/house", files, card: { license: "other", license_name: "house-rules" } },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

let count = 0;
const fresh = () => join(home.path, "packs", `${++count}`);
const pack = async (model: string, ...flags: string[]) => {
  const dir = fresh();
  return { dir, ...(await home.run(["license", "pack", model, dir, ...flags])) };
};
const listed = (dir: string) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
const read = (dir: string, file: string) => readFileSync(join(dir, file), "utf8");
/** What oslm leaves beside its folders, were it to leave anything. */
const strays = () => readdirSync(join(home.path, "packs")).filter((name) => !/^\d+$/.test(name));

it("writes the texts of the whole chain, the notices, the changes and a checklist, without a byte of weights", async () => {
  const { dir, code, stdout, stderr } = await pack("org/Tune-GGUF", "--name", "me/Llama-Tune");
  expect([code, stdout]).toEqual([0, `${dir}\n`]);
  expect(stderr).toContain("its base model meta/Llama is under llama3.1, which holds for all that is made from it");
  expect(stderr).toContain('left to you: Show "Built with Llama" in public.');
  expect(hub.requests.filter(({ host, path }) => host === "cdn" || path.endsWith(".gguf"))).toEqual([]);
  expect(listed(dir)).toEqual([
    "CHANGES.md",
    "LICENSE",
    "NOTICE",
    "OBLIGATIONS.md",
    "base/meta--Llama/LICENSE",
    "base/org--Tune/LICENSE",
    "evidence.json",
  ]);
  expect(read(dir, "LICENSE")).toBe(TEXTS["apache-2.0"]);
  expect(read(dir, "base/org--Tune/LICENSE")).toBe(TEXTS.mit);
  expect(read(dir, "base/meta--Llama/LICENSE")).toBe(TEXTS["llama3.1"]);

  const { commit } = JSON.parse(read(dir, "evidence.json"));
  const notice = read(dir, "NOTICE");
  expect(notice.startsWith(`me/Llama-Tune\nfrom org/Tune-GGUF, commit ${commit}\n`)).toBe(true);
  expect(notice).toContain(`\n${LLAMA_NOTICE}\nBuilt with Llama\n`);
  expect(notice).toContain("\n- Llama 3.1 Community License Agreement: https://");
  expect(notice.endsWith(`\n---- NOTICE, commit ${commit} ----\n\nTune, by Org\n`)).toBe(true);

  const changes = read(dir, "CHANGES.md").split("\n");
  expect(changes).toContain("- It is a quantization of `org/Tune`, says its model card or the Hub.");
  expect(changes.join("\n")).toMatch(/- `org\/Tune`, as of commit `[0-9a-f]{40}`, made from `meta\/Llama`\.\n/);
  expect(changes).toContain("- Who changed what, how and when is not recorded beyond that.");

  const duties = read(dir, "OBLIGATIONS.md");
  expect(duties).not.toMatch(/incomplete|## Missing/);
  expect(duties).toMatch(/- \[x\] Give the license text .*base\/meta--Llama\/LICENSE/);
  expect(duties).toMatch(/- \[x\] Ship a NOTICE file .*\(in NOTICE\)/);
  expect(duties).toMatch(/- \[x\] Begin the name .*\(me\/Llama-Tune does\)/);
  expect(duties).toMatch(/- \[ \] Show "Built with Llama" in public/);
  expect(duties).toMatch(/## When you are that large\n\n- \[ \] Above 700,000,000 users/);
  expect(duties).toContain("`base/meta--Llama/LICENSE`: `meta/Llama: LICENSE` at commit `");
  expect(strays()).toEqual([]);
});

it("names each file with its hash for programs, and passes on nothing about the user", async () => {
  await home.run(["license", "org/Tune-GGUF", "--accept-license", "mit AND llama3.1"]);
  const { dir, code, stdout, stderr } = await pack("org/Tune-GGUF", "--json");
  expect([code, stderr]).toEqual([0, ""]);
  const document = JSON.parse(stdout);
  expect(document).toMatchObject({
    ref: "org/Tune-GGUF",
    license: "mit AND llama3.1",
    path: dir,
    complete: true,
    missing: [],
  });
  expect(document.files.map(({ path }: { path: string }) => path).sort()).toEqual(listed(dir));
  for (const { path, sha256, origin } of document.files) {
    expect(
      createHash("sha256")
        .update(readFileSync(join(dir, path)))
        .digest("hex"),
    ).toBe(sha256);
    expect(origin).toBe(path.endsWith("LICENSE") ? "repository" : "oslm");
  }
  expect(document.obligations).toContainEqual(
    expect.objectContaining({ id: "notice-file", done: true, note: "in NOTICE", trigger: "share" }),
  );
  const verdict = JSON.parse((await home.run(["license", "org/Tune-GGUF", "--json"])).stdout);
  expect(verdict.accepted.length).toBeGreaterThan(0);
  const { accepted: _, decision: _decision, reasons: _reasons, from: _from, gated: _gated, ...public_ } = verdict;
  expect(JSON.parse(read(dir, "evidence.json"))).toEqual(public_);
  // The same evidence, the same bytes.
  const again = await pack("org/Tune-GGUF", "--json", "--offline");
  expect(JSON.parse(again.stdout).files).toEqual(document.files);
});

it("packs a stored model offline, and says how its numbers are stored", async () => {
  expect((await home.run(["pull", "org/apache"])).code).toBe(0);
  const { dir, code } = await pack("org/apache", "--offline");
  expect(code).toBe(0);
  const changes = read(dir, "CHANGES.md");
  expect(changes).toContain("\n- Its numbers are stored as `Q4_K_M`, says the header of the file.\n");
  const sha256 = createHash("sha256").update(files["m-Q4_K_M.gguf"]).digest("hex");
  expect(changes).toContain(`\n- \`m-Q4_K_M.gguf\`, ${files["m-Q4_K_M.gguf"].length} bytes, sha256 \`${sha256}\`\n`);
  expect(read(dir, "OBLIGATIONS.md")).toMatch(/- \[x\] Say that you changed the model .*in CHANGES\.md/);
});

it("takes the standard text where no repository holds one, and says so", async () => {
  const { dir, code, stderr } = await pack("org/apache");
  expect(code).toBe(0);
  expect(stderr).toContain("standard/Apache-2.0.txt is the standard text: no repository holds one");
  expect(read(dir, "standard/Apache-2.0.txt")).toMatch(/^Apache License\nVersion 2\.0, January 2004\n/);
  const duties = read(dir, "OBLIGATIONS.md");
  expect(duties).toContain("(in standard/Apache-2.0.txt (the standard text: no repository holds one))");
  expect(duties).toContain("`standard/Apache-2.0.txt`: the standard text, Apache-2.0, from the SPDX list;");
  expect(duties).toMatch(/- \[ \] Keep the copyright and attribution notices/);
});

it("packs what may not be sold", async () => {
  const { dir, code } = await pack("org/nc");
  expect([code, read(dir, "LICENSE")]).toEqual([0, TEXTS["cc-by-nc-4.0"]]);
  expect(read(dir, "OBLIGATIONS.md")).toContain("- Commercial use: forbidden\n");
});

it.each([
  ["a license text that nobody has", "org/gemma", [], /Missing: the text of Gemma Terms of Use \(gemma, https:/],
  ["the holder of the copyright", "org/mit", [], /Missing: year and holder .* standard\/MIT\.txt leaves blank/],
  ["a base model", "org/nobody", [], /Missing: the license of the base model gone\/m: oslm could not look at it/],
  ["a license that oslm knows", "org/house", [], /Missing: permission to pass it on: oslm does not know/],
  ["the name", "org/Tune-GGUF", ["--name", "Tune-of-Llama"], /a name that begins with "Llama": Tune-of-Llama does not/],
])("writes nothing without %s, unless told to", async (_, model, flags, reason) => {
  const { dir, code, stdout, stderr } = await pack(model, ...flags);
  expect([code, stdout, existsSync(dir)]).toEqual([10, "", false]);
  expect(stderr).toMatch(reason);
  const [, again = ""] = /^Try: oslm (license pack .* --allow-incomplete) {3}\(/m.exec(stderr) ?? [];
  expect(again).toBe(["license pack", model, dir, ...flags, "--allow-incomplete"].join(" "));
  const told = await home.run([...again.split(" "), "--json"]);
  expect([told.code, told.stderr]).toEqual([0, ""]);
  expect(JSON.parse(told.stdout)).toMatchObject({ complete: false, missing: [{ text: expect.any(String) }] });
  expect(read(dir, "OBLIGATIONS.md")).toMatch(/\*\*This folder is incomplete.*\n[\s\S]*## Missing\n\n- \[ \] /);
  expect(strays()).toEqual([]);
});

it("refuses what a policy denies", async () => {
  const policy = join(home.path, "policy.yaml");
  writeFileSync(policy, "license:\n  deny: [non-commercial]\n");
  const { dir, code, stderr } = await pack("org/nc", "--policy", policy, "--allow-incomplete");
  expect([code, existsSync(dir)]).toEqual([5, false]);
  expect(stderr).toContain("is denied by policy");
});

it("leaves alone what is there already, before it asks the Hub", async () => {
  const dir = fresh();
  mkdirSync(dir, { recursive: true });
  const file = join(dir, "mine");
  writeFileSync(file, "mine");
  symlinkSync(fresh(), join(dir, "link"));
  const asked = hub.requests.length;
  for (const [place, reason] of [
    [dir, "is not empty"],
    [file, "is no folder"],
    [join(dir, "link"), "is a link"],
  ] as const) {
    const { code, stdout, stderr } = await home.run(["license", "pack", "org/apache", place]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`cannot make the folder ${place}\n  It ${reason}; what is there is left alone.\nTry: `);
  }
  expect(hub.requests.length).toBe(asked);
  expect(readFileSync(file, "utf8")).toBe("mine");

  const empty = fresh();
  mkdirSync(empty);
  expect((await home.run(["license", "pack", "org/apache", "."], { cwd: empty })).stderr).toContain(
    "is the working directory",
  );
  expect((await home.run(["license", "pack", "org/apache", empty])).code).toBe(0);
  expect(statSync(join(empty, "NOTICE")).isFile()).toBe(true);
});

it("packs a file by its header, without the path it lies at", async () => {
  const path = join(home.path, "mine-Q8_0.gguf");
  writeFileSync(path, tinyGguf({ "general.license": "apache-2.0" }));
  const { dir, code } = await pack(path);
  expect(code).toBe(0);
  for (const file of listed(dir)) expect(read(dir, file)).not.toContain(home.path);
  expect(read(dir, "CHANGES.md")).toContain("- Source: `mine-Q8_0.gguf`, a file without a repository.");
  expect(read(dir, "CHANGES.md")).toContain("- Its numbers are stored as `Q8_0`, by its name.");
});
