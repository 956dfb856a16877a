// Models as a report gets them, in full and hostile.
import type { ModelEvidence } from "../../src/license/evidence.js";
import { judgeLicense } from "../../src/license/verdict.js";
import type { CommitSha, RepoId, Sha256, StoredModel } from "../../src/model/types.js";
import type { ReportedModel, ReportFrame } from "../../src/report/reported.js";
import { TEXTS } from "../license/texts.js";

export const FRAME: ReportFrame = { version: "1.2.3", endpoint: "https://huggingface.co", at: undefined };

const COMMIT = "c0ffee".padEnd(40, "0") as CommitSha;
const sha = (digit: string) => digit.repeat(64) as Sha256;

/** A quantization of a model under the Llama license, in two shards, whose card says MIT. */
export function relabelled(change: Partial<ModelEvidence> = {}): ReportedModel {
  const repo = (change.repo ?? "org/tuned-GGUF") as RepoId;
  const evidence: ModelEvidence = {
    repo,
    commit: COMMIT,
    revision: "main",
    gated: false,
    hasText: true,
    card: { license: ["mit"], baseModels: ["meta/Llama"], baseRelation: "quantized" },
    texts: [{ path: "LICENSE", text: TEXTS.mit ?? "", sha256: sha("a") }],
    ancestors: [
      {
        ...{ repo: "meta/Llama", commit: "b".repeat(40) },
        card: { license: ["llama3.1"], baseModels: ["gone/root"] },
        texts: [{ path: "LICENSE", text: TEXTS["llama3.1"] ?? "", sha256: sha("d") }],
      },
      { repo: "gone/root", gap: "missing" },
    ],
    at: "2026-11-01T10:00:00.000Z",
    ...change,
  };
  const stored: StoredModel = {
    name: `${repo}:Q4_K_M`,
    ref: `${repo}:Q4_K_M`,
    ...{ repo, commit: COMMIT, quant: "Q4_K_M", size: 30, path: "/cache/m-00001-of-00002.gguf" },
    files: [
      { path: "q4/m-00001-of-00002.gguf", size: 10, sha256: sha("1") },
      { path: "q4/m-00002-of-00002.gguf", size: 20, sha256: sha("2") },
    ],
    license: { id: "mit", class: "permissive" },
    ...{ addedAt: "2026-11-02T10:00:00.000Z", lastUsedAt: null },
  };
  return {
    license: {
      ...judgeLicense({ ...evidence, repo, subject: { repo, commit: COMMIT, hasText: evidence.hasText } }),
      ...{ ref: stored.name, repo, commit: COMMIT, url: `https://huggingface.co/${repo}/tree/${COMMIT}`, accepted: [] },
    },
    evidence,
    stored,
    header: { architecture: "llama", context: 131072, parameters: 8_030_261_312 },
  };
}

/** A file from a web server, whose header says nothing. */
export function silentFile(): ReportedModel {
  const url = "https://example.org/models/m-Q8_0.gguf";
  return {
    license: {
      ...judgeLicense({ card: { license: [], baseModels: [] } }),
      ...{ ref: url, repo: null, commit: null, url: "/home/ann/models/m-Q8_0.gguf", accepted: [] },
    },
    evidence: undefined,
    stored: {
      ...{
        name: url,
        ref: url,
        repo: null,
        commit: null,
        quant: "Q8_0",
        size: 5,
        path: "/home/ann/models/m-Q8_0.gguf",
      },
      files: [{ path: "m-Q8_0.gguf", size: 5, sha256: sha("5") }],
      license: { id: "unknown", class: "unknown" },
      ...{ addedAt: "2026-11-03T10:00:00.000Z", lastUsedAt: null },
    },
    header: undefined,
  };
}

/** What a card may hold that means harm to a terminal, a page or a spreadsheet. */
export const HOSTILE =
  "\u001b[31m<script>alert(1)</script>|\\|`x`![i](https://evil.example)\n# Denied\u202e www.evil.example $a$ @org";

/** The same model, each text of the verdict and the evidence replaced by that. */
export function hostile(): ReportedModel {
  const model = relabelled();
  const { license, stored } = model;
  return {
    ...model,
    evidence: model.evidence && { ...model.evidence, at: HOSTILE },
    license: {
      ...license,
      ...{ url: `https://x/${HOSTILE}`, floor: HOSTILE, spdx: HOSTILE },
      ref: HOSTILE,
      title: HOSTILE,
      reasons: [HOSTILE, `- ${HOSTILE}`, `1. ${HOSTILE}`],
      evidence: [{ source: HOSTILE, value: HOSTILE, agrees: false, sha256: HOSTILE }],
      conflicts: [{ kind: HOSTILE, declared: HOSTILE, found: HOSTILE, source: HOSTILE, explanation: HOSTILE }],
      obligations: [{ id: HOSTILE, text: HOSTILE, trigger: HOSTILE }],
      accepted: [
        {
          ...{ license: HOSTILE, subject: HOSTILE, commit: null, textSha256: null, at: HOSTILE, how: HOSTILE },
          ...{ user: HOSTILE, host: HOSTILE, version: HOSTILE, facts: {} },
        } as never,
      ],
    },
    stored: stored && { ...stored, quant: HOSTILE, files: [{ path: HOSTILE, size: 1, sha256: sha("3") }] },
    header: { architecture: HOSTILE, context: 1, parameters: 1 },
  };
}
