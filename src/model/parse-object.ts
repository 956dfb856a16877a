// Records that anybody could have written: whether a text is one at all.

/** The fields of a JSON object, or of an array; undefined for every other text. What they hold is not checked. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
