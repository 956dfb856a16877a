// The texts of a model and its base models as one list.
import { expect, it } from "vitest";
import type { ModelEvidence } from "../../src/license/evidence.js";
import { placedTexts, unreadTexts } from "../../src/license/license-texts.js";
import { judgeLicense } from "../../src/license/verdict.js";
import type { CommitSha, RepoId } from "../../src/model/types.js";
import { TEXTS } from "./texts.js";

const commit = "c0ffee".padEnd(40, "0") as CommitSha;
const root = { repo: "org/root", commit: "b".repeat(40) };
const card = { license: ["gemma"], baseModels: ["org/root"] };
const text = TEXTS.gemma ?? "";
const linked = { path: "LICENSE", kind: "text", from: root, text, sha256: "d".repeat(64) } as const;

/** Its card links to the text of its base model. */
const evidence: ModelEvidence = {
  ...{ repo: "org/m" as RepoId, commit, revision: "main", gated: false, hasText: true, card, at: "" },
  texts: [{ path: "LICENSE", text: null }, linked],
  unread: ["terms.pdf"],
  ancestors: [
    { ...root, card, texts: [{ path: "LICENSE", text, sha256: "d".repeat(64) }], unread: ["eula.pdf"] },
    { repo: "org/gone", gap: "missing" },
  ],
};
const sources = (one: ModelEvidence) => placedTexts(one).map(({ source }) => source);

it("has a text once, wherever it was found", () => {
  expect(sources(evidence)).toEqual(["LICENSE", "org/root: LICENSE"]);
  const halfRead = { ...evidence, texts: [{ ...linked, text: null }] };
  expect(placedTexts(halfRead)).toMatchObject([{ source: "org/root: LICENSE", text }]);
  const { evidence: claims } = judgeLicense(evidence);
  expect(claims.filter(({ source }) => source === "org/root: LICENSE")).toHaveLength(1);
});

it("names all that was not read", () => {
  expect(unreadTexts(evidence)).toEqual(["LICENSE", "terms.pdf", "org/root: eula.pdf"]);
});
