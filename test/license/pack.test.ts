// The files of a pack for evidence of every kind.
import { expect, it } from "vitest";
import type { LicenseFile, ModelEvidence } from "../../src/license/evidence.js";
import type { KnownChanges } from "../../src/license/pack/changes-file.js";
import { makePack, type Pack } from "../../src/license/pack/pack.js";
import { judgeLicense } from "../../src/license/verdict.js";
import type { CommitSha, ModelCard, RepoId } from "../../src/model/types.js";
import { TEXTS } from "./texts.js";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const file = (path: string, text: string | null): LicenseFile => ({ path, text, sha256: "0".repeat(64) });
const base = (repo: string, license: string, texts: readonly LicenseFile[] = []) => ({
  ...{ repo, commit: COMMIT, texts },
  card: { license: [license], baseModels: [] },
});

interface Options {
  readonly card?: Partial<ModelCard>;
  readonly name?: string;
  readonly variants?: KnownChanges["variants"];
  readonly ancestors?: ModelEvidence["ancestors"];
  readonly unread?: readonly string[];
}

function pack(license: string, texts: readonly LicenseFile[], options: Options = {}): Pack {
  const { ancestors = [], unread = [], name, variants = [] } = options;
  const baseModels = ancestors.map(({ repo }) => repo);
  const card: ModelCard = { license: [license], baseModels, ...options.card };
  const evidence: ModelEvidence = {
    ...{ repo: "org/m" as RepoId, commit: COMMIT as CommitSha, revision: "main", gated: false, card, texts, ancestors },
    ...{ hasText: texts.length > 0, unread, at: "2026-11-21T00:00:00.000Z" },
  };
  const { decision: _, reasons: _reasons, rule: _rule, ...verdict } = judgeLicense({ ...evidence });
  const model = { ...verdict, ref: "org/m", repo: "org/m", commit: COMMIT, url: "https://example.org/org/m" };
  return makePack({ model, evidence, changes: { variants }, name });
}

const pathsOf = ({ files }: Pack) => files.map(({ path }) => path);
const textOf = ({ files }: Pack, path: string) => files.find((one) => one.path === path)?.text;
const missing = (result: Pack) => result.missing.map(({ text }) => text);
const duty = ({ duties }: Pack, id: string) => duties.find((one) => one.id === id);
const mit = TEXTS.mit ?? "";

it("lays texts of the same name side by side, on disks of every kind", () => {
  const ancestors = [
    base("a--b/c", "mit", [file("LICENSE", `${mit}1`)]),
    base("a/b--c", "mit", [file("LICENSE", `${mit}2`)]),
    base("A/B--C", "mit", [file("license", `${mit}3`)]),
    base("con/x.", "mit", [file("LICENSE", `${mit}4`)]),
  ];
  const own = [file("LICENSE", mit), file("OBLIGATIONS.MD", `${mit}5`), file("base", `${mit}6`), file("notice/x", "7")];
  const result = pack("mit", own, { ancestors });
  const paths = pathsOf(result);
  expect(paths).toEqual([
    "2-OBLIGATIONS.MD",
    "2-base",
    "2-base--A--B--C--license",
    "CHANGES.md",
    "LICENSE",
    "NOTICE",
    "OBLIGATIONS.md",
    "base--a--b--c--LICENSE",
    "base--con--x.--LICENSE",
    "base/a--b--c/LICENSE",
    "evidence.json",
    "notice--x",
  ]);
  expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(paths.length);
  expect(textOf(result, "2-base--A--B--C--license")).toBe(`${mit}3`);
  // Each text is named with its place.
  expect(textOf(result, "OBLIGATIONS.md")).toContain("- `2-base`: `base` at commit ");
});

it("ends NOTICE with the notices of all parents, as they were published", () => {
  const ancestors = [
    base("org/a", "apache-2.0", [file("NOTICE", "A's own\n\n"), file("LICENSE", TEXTS["apache-2.0"] ?? "")]),
  ];
  const result = pack("apache-2.0", [file("NOTICE.txt", "M's own")], { ancestors });
  expect(textOf(result, "NOTICE")).toMatch(
    /---- NOTICE\.txt, commit \w+ ----\n\nM's own\n\n---- org\/a: NOTICE, commit \w+ ----\n\nA's own\n$/,
  );
  expect(pathsOf(result)).not.toContain("base/org--a/NOTICE");
  expect(duty(result, "notice-file-if-present")).toMatchObject({
    done: true,
    note: "in NOTICE: NOTICE.txt, org/a: NOTICE",
  });
  const unasked = pack("apache-2.0", [], { ancestors: [base("org/a", "apache-2.0")] });
  expect(duty(unasked, "notice-file-if-present")).toMatchObject({
    done: false,
    note: "none was found; look for a NOTICE in org/a",
  });
});

it("shortens the names of paths that no disk could hold", () => {
  const folders = `${"d".repeat(245)}/`.repeat(8);
  const deep = [file(`${folders}LICENSE`, `${mit}1`), file(`${folders.toUpperCase()}license`, `${mit}2`)];
  const result = pack("mit", [file("LICENSE", mit)], { ancestors: [base(`org/${"b".repeat(90)}`, "mit", deep)] });
  const shortened = pathsOf(result).filter((path) => /d-/i.test(path));
  expect(shortened).toEqual([expect.stringMatching(/^2-D+--license$/), expect.stringMatching(/^d+--LICENSE$/)]);
  for (const path of shortened) expect(path.length).toBeLessThan(120);
  expect(textOf(result, shortened[0] ?? "")).toBe(`${mit}2`);
});

it("takes a use policy along", () => {
  const own = [file("LICENSE", TEXTS["llama3.1"] ?? ""), file("USE_POLICY.md", "# Policy")];
  const result = pack("llama3.1", own);
  expect(textOf(result, "USE_POLICY.md")).toBe("# Policy");
  expect(duty(result, "use-restrictions")?.note).toBe("the policy is in USE_POLICY.md");
  expect(duty(pack("llama3.1", own.slice(0, 1)), "use-restrictions")?.note).toBe(
    "no text of a policy is in this folder",
  );
  expect(missing(result)).toEqual([]);
});

it.each([
  ["llama3.1", "Llama-Mine", true],
  ["llama3.1", "org/Llama3-mine", true],
  ["llama3.1", "Llama/mine", false],
  ["llama3.1", "llama-mine", false],
  ["llama3", "Llama-3-mine", true],
  ["llama3", "Llama-2-mine", false],
])("under %s lets a model be called %s: %s", (license, name, passes) => {
  const result = pack(license, [file("LICENSE", TEXTS[license] ?? "")], { name });
  expect([result.missing.map(({ id }) => id), duty(result, "name-prefix")?.done]).toEqual([
    passes ? [] : ["name-prefix"],
    passes,
  ]);
});

it("writes the words that are shown, with the new name", () => {
  const falcon = [file("LICENSE", TEXTS["falcon-180b"] ?? "")];
  expect(textOf(pack("falcon-180b", falcon, { name: "me/Kestrel" }), "NOTICE")).toContain(
    "\nKestrel is built using Falcon LLM technology from the Technology Innovation Institute\n",
  );
  expect(textOf(pack("qwen", [file("LICENSE", TEXTS.qwen ?? "")]), "NOTICE")).toContain("\nBuilt with Qwen\n");
});

it("lets nobody pass on what the license keeps to itself", () => {
  const variants = [{ quant: "Q4_K_M", files: [] }];
  const changed = missing(pack("cc-by-nd-4.0", [], { variants }));
  expect(changed).toEqual([expect.stringContaining("permission to pass on a changed model: Creative Commons")]);
  // Its header counts more than its name.
  const whole = [{ quant: "Q4_K_M", headerQuant: "F16", files: [] }];
  expect(missing(pack("cc-by-nd-4.0", [], { variants: whole }))).toEqual([]);
  expect(missing(pack("llama", []))).toContainEqual(expect.stringMatching(/^permission to pass it on: /));
});

it("misses what nobody has read", () => {
  const gone = { repo: "gone/m", gap: "missing" } as const;
  expect(missing(pack("mit", [file("LICENSE", mit)], { ancestors: [gone] }))).toEqual([
    "the license of the base model gone/m: oslm could not look at it",
  ]);
  expect(missing(pack("mit", [file("LICENSE", mit), file("LICENSE-2", null)]))).toEqual([
    "LICENSE-2: oslm could not read it",
  ]);
  const bases = [{ ...base("org/a", "mit"), unread: ["eula.pdf"] }];
  expect(missing(pack("mit", [file("LICENSE", mit)], { unread: ["terms.pdf"], ancestors: bases }))).toEqual([
    "terms.pdf: oslm could not read it",
    "org/a: eula.pdf: oslm could not read it",
  ]);
  // A license of which only the name is known settles nothing.
  expect(pack("gpl", []).missing.length).toBeGreaterThan(0);
  const strange = pack("gemma", [file("LICENSE", "something else")]);
  expect(missing(strange)[0]).toMatch(/^the text of Gemma .*; LICENSE may be it, but oslm does not know that text$/);
});

it("lets no name format or link anything in its documents", () => {
  const name = "a`b\u001b[31m](http://x)\n# c";
  const variants = [{ quant: "Q4_K_M", files: [{ path: name, size: 1 }] }];
  const result = pack("mit", [file("LICENSE", mit)], {
    variants,
    card: { baseModels: [name], baseRelation: "[x](y)" },
  });
  const changes = textOf(result, "CHANGES.md") ?? "";
  expect(changes).toContain("\n- a\\`b \\[31m\\](http\\://x) \\# c, 1 bytes\n");
  expect(changes).toContain("- It is made from a\\`b \\[31m\\](http\\://x) \\# c, says");
});
