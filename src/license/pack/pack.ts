// What has to travel with the weights of a model when they are passed on: the files of that folder, and what is missing.
import type { LicenseVerdict } from "../../model/types.js";
import { licensesOf } from "../catalogue.js";
import type { ModelEvidence } from "../evidence.js";
import { noticeWording } from "../notice-wording.js";
import { changesFile, type KnownChanges } from "./changes-file.js";
import { checkDuties, type Duty } from "./duties.js";
import { noticeFile } from "./notice-file.js";
import { obligationsFile } from "./obligations-file.js";
import { packTexts } from "./texts.js";

/** The model that is passed on. */
export interface PackedModel extends Omit<LicenseVerdict, "decision" | "reasons" | "rule"> {
  /** What people call it; no path of this machine. */
  readonly ref: string;
  readonly repo: string | null;
  readonly commit: string | null;
  /** Its page; null for a file. */
  readonly url: string | null;
}

export interface PackRequest {
  readonly model: PackedModel;
  /** Undefined where only a header or a record is left. */
  readonly evidence: ModelEvidence | undefined;
  readonly changes: KnownChanges;
  /** What it will be called where it is published. */
  readonly name: string | undefined;
}

export interface PackFile {
  /** Inside the folder, safe on every disk. */
  readonly path: string;
  readonly text: string;
  /** As it was read in a repository, the standard text of that license, or written by oslm. */
  readonly origin: "repository" | "standard" | "oslm";
}

/** Something without which the license does not let the model be passed on. */
export interface Missing {
  /** The obligation that asks for it; `evidence` where the license itself could not be looked at. */
  readonly id: string;
  readonly text: string;
}

export interface Pack {
  readonly files: readonly PackFile[];
  readonly duties: readonly Duty[];
  readonly missing: readonly Missing[];
}

/** Pure: the same request gives the same files. */
export function makePack({ model, evidence, changes, name }: PackRequest): Pack {
  const entries = licensesOf(model.id);
  const texts = packTexts(entries, evidence);
  const wordings = entries.map((entry) => ({
    entry,
    wording: noticeWording(
      entry,
      texts.filter((text) => text.is.includes(entry.id)).map(({ text }) => text),
    ),
  }));
  const { duties, missing } = checkDuties({ model, evidence, entries, texts, wordings, changes, name });
  const files: readonly PackFile[] = [
    ...texts.flatMap(({ path, text, origin }) => (path === null ? [] : [{ path, text, origin }])),
    { path: "NOTICE", text: noticeFile({ model, entries, wordings, texts, name }), origin: "oslm" },
    { path: "CHANGES.md", text: changesFile(model, changes, evidence), origin: "oslm" },
    { path: "OBLIGATIONS.md", text: obligationsFile({ model, duties, missing, texts }), origin: "oslm" },
    { path: "evidence.json", text: `${JSON.stringify(model, null, 2)}\n`, origin: "oslm" },
  ];
  return { files: [...files].sort((a, b) => (a.path < b.path ? -1 : 1)), duties, missing };
}
