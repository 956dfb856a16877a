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
  return [{ repo, commit, texts }, ...bases].flatMap((one) =>
    one.texts.map((file) => {
      const place = file.from ?? { repo: one.repo, commit: one.commit };
      const source = place.repo === repo ? file.path : `${place.repo}: ${file.path}`;
      return { ...file, source, repo: place.repo, commit: place.commit };
    }),
  );
}
