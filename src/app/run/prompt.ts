// What a person asks, in its parts: files, the pipe, the argument.

export interface PromptPart {
  readonly from: "file" | "stdin" | "argument";
  /** Of a file, as it was given. */
  readonly name?: string;
  readonly text: string;
}

/** The parts as they stand, one below the other. */
export function joinRaw(parts: readonly PromptPart[]): string {
  return parts.map(({ text }) => text).join("\n");
}

/** The parts as one text with a blank line between; each file below a line with its name, so that they can be told apart. */
export function joinPrompt(parts: readonly PromptPart[]): string {
  return parts.map(({ name, text }) => (name === undefined ? text : `=== ${name} ===\n${text}`)).join("\n\n");
}
