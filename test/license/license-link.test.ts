// Where a card's license_link leads, and what follows.
import { expect, it } from "vitest";
import { licensesAt, linkedFile } from "../../src/license/license-link.js";
import { judgeLicense, type LicenseEvidence } from "../../src/license/verdict.js";
import { TEXTS } from "./texts.js";

const HF = "https://huggingface.co";

it.each<[string, string | undefined]>([
  ["LICENSE", "LICENSE"],
  ["./docs/TERMS.md#top", "docs/TERMS.md"],
  ["/LICENSE", "LICENSE"],
  ["LICENSE%20MODEL.txt", "LICENSE MODEL.txt"],
  [`${HF}/org/m/blob/main/LICENSE`, "LICENSE"],
  [`${HF}/Org/M/resolve/main/a/LICENSE?download=true`, "a/LICENSE"],
  ["[our terms](docs/TERMS.md)", "docs/TERMS.md"],
  [`see [here](<${HF}/org/m/blob/main/LICENSE>)`, "LICENSE"],
  [`${HF}/org/m/blob/terms/LICENSE`, undefined],
  [`${HF}/org/m/blob/${"0".repeat(40)}/LICENSE`, undefined],
  ["https://hf.co/org/m/raw/main/LICENSE", "LICENSE"],
  [`${HF}/org/other/blob/main/LICENSE`, undefined],
  [`${HF}/org/m`, undefined],
  ["https://evil.example/org/m/blob/main/LICENSE", undefined],
  ["//evil.example/LICENSE", undefined],
  ["javascript:alert(1)", undefined],
  ["%E0%A4%A", undefined],
  ["x".repeat(10_000), undefined],
])("%s is the file %s of the repository", (link, path) => {
  expect(linkedFile(link, "org/m")).toBe(path);
});

it.each<[string, readonly string[]]>([
  ["https://www.apache.org/licenses/LICENSE-2.0.txt", ["apache-2.0"]],
  ["http://apache.org/licenses/LICENSE-2.0/", ["apache-2.0"]],
  ["https://opensource.org/licenses/MIT", ["mit"]],
  ["https://spdx.org/licenses/BSD-3-Clause.html", ["bsd-3-clause"]],
  ["https://creativecommons.org/licenses/by-nc/4.0/legalcode.en", ["cc-by-nc-4.0"]],
  ["https://ai.google.dev/gemma/terms#3.2-use", ["gemma"]],
  [`${HF}/meta-llama/Llama-3.2-1B/raw/0123/LICENSE.txt`, ["llama3.2"]],
  ["https://huggingface.co/Qwen", []],
  ["https://evil.example/licenses/MIT", []],
  ["LICENSE", []],
])("%s is the page of %j", (link, ids) => {
  expect(licensesAt(link).map(({ id }) => id)).toEqual(ids);
});

const judge = (license: string[], licenseLink: string, more: Partial<LicenseEvidence> = {}) =>
  judgeLicense({ card: { license, licenseLink, baseModels: [] }, repo: "org/m", ...more });
const GEMMA = "https://ai.google.dev/gemma/terms";
const QWEN = `${HF}/Qwen/Other/blob/main/LICENSE`;

it("takes the page of a license for a claim", () => {
  expect(judge(["other"], GEMMA)).toMatchObject({ id: "gemma", conflicts: [], decision: "ask" });
  expect(judge(["gemma"], GEMMA)).toMatchObject({ id: "gemma", conflicts: [] });
  expect(judge(["gpl"], "https://www.gnu.org/licenses/gpl-3.0.html").conflicts).toEqual([]);
  expect(judge(["apache-2.0"], GEMMA)).toMatchObject({
    ...{ id: "apache-2.0 AND gemma", state: "looser", decision: "ask" },
    conflicts: [{ kind: "card-contradicts-itself", found: "gemma", source: "card.license_link" }],
  });
  expect(judge(["my-license"], GEMMA)).toMatchObject({ id: "my-license AND gemma", conflicts: [] });
});

it("shows any other address, and asks for nothing there", () => {
  const verdict = judge(["mit"], "https://evil.example/a\u001b[2J");
  expect(verdict.decision).toBe("allow");
  expect(verdict.evidence[1]).toMatchObject({ source: "card.license_link", agrees: true });
  expect(JSON.stringify(verdict)).not.toContain("\\u001b");
});

const COMMIT = "0".repeat(40);
const asRead = (repo: string) => ({ repo, commit: COMMIT, card: { license: ["mit"], baseModels: [] } });
const mit = [{ path: "LICENSE", text: TEXTS.mit ?? "" }];

it.each<[string, string]>([
  ["LICENSE.java", "LICENSE.java"],
  ["docs/our-terms", "docs/our-terms"],
  ['"docs/%E0%A4%A"', "docs/%E0%A4%A"],
  ["org/m: LICENSE at terms", `${HF}/org/m/blob/terms/LICENSE`],
  [`Qwen/Other: LICENSE at ${COMMIT}`, `${HF}/Qwen/Other/blob/${COMMIT}/LICENSE`],
  ["acme/terms: LICENSE", `[our license](${HF}/acme/terms/blob/main/LICENSE)`],
  ["acme/terms: LICENSE", "https://huggingface.co.:443/acme/terms/blob/main/LICENSE"],
  [`"${HF}/acme/terms/blob/main/LICENSE?xxx`, `${HF}/acme/terms/blob/main/LICENSE?${"x".repeat(600)}`],
  ["//huggingface.co/acme/terms/blob/main/LICENSE", "//huggingface.co/acme/terms/blob/main/LICENSE"],
  [`"${HF}/acme/terms"`, `${HF}/acme/terms`],
  ["xxx", "x".repeat(600)],
])("has a doubt about %s, where nothing was read", (name, link) => {
  const { decision, reasons } = judge(["mit"], link, {
    texts: mit,
    ancestors: [{ ...asRead("Qwen/Other"), texts: mit }],
  });
  expect([decision, reasons.join()]).toEqual(["ask", expect.stringContaining(`the card refers to ${name}`)]);
  expect(reasons.join()).toContain(", which was not read");
});

it.each([
  "https://example.com/terms",
  "//example.com/terms",
  "mailto:a@example.com",
  " ",
  "LICENSE",
  `${HF}/org/m`,
  `${HF}/Qwen/Other/tree/main`,
  `[x](${HF}/Qwen/Other/blob/main/LICENSE)`,
  `https://example.com/${"x".repeat(600)}`,
])("has none about %s", (link) => {
  const { decision } = judge(["mit"], link, { texts: mit, ancestors: [{ ...asRead("Qwen/Other"), texts: mit }] });
  expect(decision).toBe("allow");
});

it("names once what could not be read, or is no plain text", () => {
  const gaps = (more: Partial<LicenseEvidence>) => judge(["mit"], "LICENSE", more).reasons.join();
  expect(gaps({ texts: [{ path: "LICENSE", text: null }] })).not.toContain("refers");
  expect(gaps({ unread: ["LICENSE"] })).not.toContain("refers");
});

it("takes a text that stands elsewhere for none of the model's own", () => {
  const from = { repo: "acme/terms", commit: COMMIT };
  expect(judge(["mit"], "LICENSE", { texts: mit.map((file) => ({ ...file, from })) }).decision).toBe("ask");
});

it("has a doubt about a file of another repository, unless that is a base whose text was read", () => {
  const unread = judge(["mit"], QWEN);
  expect([unread.decision, unread.reasons.join()]).toEqual([
    "ask",
    expect.stringContaining("Qwen/Other: LICENSE, which"),
  ]);
  const base = { repo: "Qwen/Other", commit: "0".repeat(40), card: { license: ["mit"], baseModels: [] } };
  const read = [{ ...base, texts: [{ path: "LICENSE", text: TEXTS.mit ?? "" }] }];
  expect(judge(["mit"], QWEN, { ancestors: read }).decision).toBe("allow");
  expect(judge(["mit"], QWEN, { ancestors: [{ ...base, texts: [] }] }).decision).toBe("ask");
});
