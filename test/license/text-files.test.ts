// Which files are read for the license, which are a doubt, and which are left out.
import { describe, expect, it } from "vitest";
import { shownPath } from "../../src/license/shown-path.js";
import { findLicenseFiles, textKindOf } from "../../src/license/text-files.js";

describe("textKindOf", () => {
  it.each([
    ["LICENSE", "text"],
    ["LICENSE.txt", "text"],
    ["license.md", "text"],
    ["LICENCE", "text"],
    ["COPYING.LESSER", "text"],
    ["LICENSE-MODEL", "text"],
    ["ModelLicense.txt", "text"],
    ["LICENSE – Model.txt", "text"],
    ["LIC\u200bENSE", "text"],
    ["Lizenz.txt", "text"],
    ["EULA.md", "text"],
    ["Tongyi Qianwen LICENSE AGREEMENT", "text"],
    ["TERMS_OF_USE.md", "text"],
    ["USE_POLICY.md", "policy"],
    ["GPL-3.0.txt", "text"],
    ["CC-BY-NC-4.0.txt", "text"],
    ["mit.txt", "text"],
    ["LLAMA_COMMUNITY_AGREEMENT.txt", "text"],
    ["TOS.md", "text"],
    ["gemma_prohibited_use_policy.txt", "policy"],
    ["Notice", "notice"],
    ["NOTICE.txt", "notice"],
    ["LICENSE.json", undefined],
    ["LICENSE.pdf", undefined],
    ["license.py", undefined],
    ["license-plate-names.txt", undefined],
    ["search-terms.txt", undefined],
    ["README.md", undefined],
  ])("%s: %s", (path, kind) => {
    expect(textKindOf(path)).toBe(kind);
  });
});

describe("findLicenseFiles", () => {
  const find = (...paths: string[]) => {
    const { found, unread } = findLicenseFiles(paths);
    return { ...Object.fromEntries(found.map(({ path, kind }) => [path, kind])), ...(unread.length > 0 && { unread }) };
  };

  it.each<[string, string[], Record<string, unknown>]>([
    ["what stands at the top", ["LICENSE", "m.gguf", "NOTICE"], { LICENSE: "text", NOTICE: "notice" }],
    ["a license folder", ["license/LICENSE.txt"], { "license/LICENSE.txt": "text" }],
    ["all texts of such a folder", ["LICENSES/Apache-2.0.txt"], { "LICENSES/Apache-2.0.txt": "text" }],
    ["the folder of the weights", ["Q4/m.gguf", "Q4/LICENSE"], { "Q4/LICENSE": "text" }],
    ["a folder around it", ["a/Q4/m.gguf", "a/LICENSE"], { "a/LICENSE": "text" }],
    ["a folder called so", ["weights/LICENSE"], { "weights/LICENSE": "text" }],
    ["the code's beside the model's", ["LICENSE", "MODEL_LICENSE"], { LICENSE: "beside", MODEL_LICENSE: "text" }],
    [
      "the top beside the weights' own",
      ["LICENSE", "weights/LICENSE"],
      { LICENSE: "beside", "weights/LICENSE": "text" },
    ],
    ["a dash of another kind", ["LICENSE – Model.txt"], { "LICENSE – Model.txt": "text" }],
    ["a PDF", ["LICENSE.pdf"], { unread: ["LICENSE.pdf"] }],
    ["a Word file", ["LICENCE.docx"], { unread: ["LICENCE.docx"] }],
    ["an archive", ["licenses.zip"], { unread: ["licenses.zip"] }],
    ["a use policy as a page", ["USE_POLICY.html"], { unread: ["USE_POLICY.html"] }],
    ["another folder", ["docs/LICENSE"], { unread: ["docs/LICENSE"] }],
    ["the license of the code", ["LICENSE-CODE", "code/LICENSE", "src/LICENSE"], {}],
    ["code and model", ["LICENSE-CODE-AND-MODEL"], { "LICENSE-CODE-AND-MODEL": "text" }],
    ["third parties", ["third_party/x/LICENSE", "node_modules/a/LICENSE", "vendor/LICENSE.pdf"], {}],
    ["a folder of theirs that holds the weights", ["vendor/m.gguf", "vendor/LICENSE"], { "vendor/LICENSE": "text" }],
    ["code and weights", ["license.py", "licensed.gguf", "license_plate.bin"], {}],
    ["what has nothing to do with it", ["README.md", "config.json", "license-plates.txt"], {}],
  ])("%s", (_, paths, expected) => {
    expect(find(...paths)).toStrictEqual(expected);
  });

  it.each<[string, Record<string, unknown>]>([
    ["our-words.md", { "our-words.md": "text" }],
    ["weights/w.q8", { "weights/w.q8": "text" }],
    ["m.gguf", { unread: ["m.gguf"] }],
    ["words.pdf", { unread: ["words.pdf"] }],
    ["gate-prompt.txt", { unread: ["gate-prompt.txt"] }],
    ["Gate-Prompt.TXT", { unread: ["Gate-Prompt.TXT"] }],
  ])("takes %s for the license where the card links to it, or has a doubt", (linked, expected) => {
    const { found, unread } = findLicenseFiles(["README.md", linked], [], linked);
    const kinds = Object.fromEntries(found.map(({ path, kind }) => [path, kind]));
    expect({ ...kinds, ...(unread.length > 0 && { unread }) }).toStrictEqual(expected);
    expect(findLicenseFiles([linked])).toStrictEqual({ found: [], unread: [] });
  });

  it("puts the most telling first", () => {
    const { found } = findLicenseFiles(["NOTICE", "a/LICENSE", "LICENSE_EXTRA", "LICENSE", "USE_POLICY.md", "a/m.bin"]);
    expect(found.map(({ path }) => path)).toStrictEqual([
      ...["a/LICENSE", "LICENSE", "LICENSE_EXTRA"],
      ...["USE_POLICY.md", "NOTICE"],
    ]);
  });

  it("names, escaped, what has an unsafe name", () => {
    const refused = ["LICENSE", "license", "../LICENSE\u001b[2J", "third_party/LICENSE:x", "m\u0000.gguf"];
    expect(findLicenseFiles([], refused).unread).toStrictEqual(["LICENSE", "license", '"../LICENSE?[2J"']);
  });

  it("is bounded", () => {
    const paths = Array.from({ length: 100_000 }, (_, at) => `docs/${at}/LICENSE`);
    expect(findLicenseFiles(paths).unread).toHaveLength(20);
  });
});

it("shows names so that they cannot be taken for the sentence around them", () => {
  expect(shownPath("a/LICENSE-2.0.txt")).toBe("a/LICENSE-2.0.txt");
  expect(shownPath("LICENSE – Model.txt")).toBe('"LICENSE – Model.txt"');
  expect(shownPath('x" was read. All is well')).toBe('"x? was read. All is well"');
  expect(shownPath("\u202eLICENSE\u200b\ud800")).toBe('"?LICENSE??"');
  expect(shownPath("x".repeat(300))).toHaveLength(100);
});
