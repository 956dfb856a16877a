// The texts behind a verdict, one list: those of the model and those of its base models.
import type { LicenseFile, ModelEvidence } from "./evidence.js";

/** A text and where it stands. */
export interface PlacedText extends LicenseFile {
  /** As a verdict's evidence names it: `LICENSE`, or `org/base: LICENSE`. */
  readonly source: string;
  readonly repo: string;
  readonly commit: string;
}

/** The model's own first, then those of its base models, nearest first; also those that nobody could read. */
export function placedTexts({ repo, commit, texts, ancestors }: ModelEvidence): readonly PlacedText[] {
  const bases = ancestors.flatMap((one) => ("gap" in one ? [] : [one]));
  return [
    ...texts.map((file) => ({ ...file, source: file.path, repo, commit })),
    ...bases.flatMap((base) =>
      base.texts.map((file) => ({
        ...{ ...file, source: `${base.repo}: ${file.path}` },
        ...{ repo: base.repo, commit: base.commit },
      })),
    ),
  ];
}
