// The texts behind a verdict, one list: those of the model and those of its base models.
import type { LicenseFile, ModelEvidence } from "./evidence.js";

/** A text and where it stands. */
export interface PlacedText extends LicenseFile {
  /** As a verdict's evidence names it: `LICENSE`, or `org/base: LICENSE`. */
  readonly source: string;
  readonly repo: string;
  readonly commit: string;
}

/**
 * The model's own first, then those of its base models, nearest first; also those that nobody could read. One that a card
 * links to and a base model brings along is there once.
 */
export function placedTexts({ repo, commit, texts, ancestors }: ModelEvidence): readonly PlacedText[] {
  const bases = ancestors.flatMap((one) => ("gap" in one ? [] : [one]));
  const all = [{ repo, commit, texts }, ...bases].flatMap((one) =>
    one.texts.map((file) => {
      const place = file.from ?? { repo: one.repo, commit: one.commit };
      const source = place.repo === repo ? file.path : `${place.repo}: ${file.path}`;
      return { ...file, source, repo: place.repo, commit: place.commit };
    }),
  );
  const once = new Map<string, PlacedText>();
  for (const one of all) {
    const place = [one.repo, one.commit, one.path].join("\n");
    if ((once.get(place)?.text ?? null) === null) once.set(place, one);
  }
  return [...once.values()];
}

/** What looks like a license text and was not read, of the model and its base models, as a verdict's evidence would name it. */
export function unreadTexts(evidence: ModelEvidence): readonly string[] {
  const bases = evidence.ancestors.flatMap((one) => ("gap" in one ? [] : [one]));
  return [
    ...placedTexts(evidence).flatMap(({ source, text }) => (text === null ? [source] : [])),
    ...(evidence.unread ?? []),
    ...bases.flatMap(({ repo, unread = [] }) => unread.map((name) => `${repo}: ${name}`)),
  ];
}
