// Prompt formats of models whose files name none: what was published before files had chat templates.
import { createRequire } from "node:module";

export interface KnownTemplate {
  readonly name: string;
  /** Jinja. */
  readonly template: string;
  readonly stop: readonly string[];
}

interface Entry {
  readonly name: string;
  /** Patterns of model names in small letters, with dashes for blanks. */
  readonly names: readonly string[];
  /** Where the format is described; the template is our own. */
  readonly source: string;
  /** With these the next question begins: models that never learned a mark for the end go on with one. */
  readonly stop: readonly string[];
  /** Its lines. */
  readonly template: readonly string[];
}

export function listKnown(): readonly Entry[] {
  return createRequire(import.meta.url)("./known.json") as readonly Entry[];
}

/**
 * The format that a model of one of these names was trained on, the first name first.
 * @param names of a repository without its owner, of a file, or what the header says: `TinyLlama 1.1B Chat v1.0`
 */
export function knownTemplate(names: readonly string[]): KnownTemplate | undefined {
  const entries = listKnown();
  for (const name of names) {
    const plain = name
      .slice(0, MAX_NAME)
      .toLowerCase()
      .replace(/[\s_]+/g, "-");
    const entry = entries.find((one) => one.names.some((pattern) => new RegExp(pattern).test(plain)));
    if (entry !== undefined) return { name: entry.name, template: entry.template.join("\n"), stop: entry.stop };
  }
  return undefined;
}

/** The header says what it likes. */
const MAX_NAME = 200;
