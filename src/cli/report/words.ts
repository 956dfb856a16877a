// Turns of phrase that several reports share.

/** So many of them, and how many more there are. */
export const list = (items: readonly string[], limit = 12): string =>
  items.slice(0, limit).join(", ") + (items.length > limit ? `, and ${items.length - limit} more` : "");

/** What may have been meant, or else that. */
export const oneOf = (items: readonly string[], fallback: string): string =>
  items[0] === undefined ? fallback : `Did you mean ${items.slice(0, 3).join(", ")}?`;

/** Whether a model is named by an address. */
export const isAddress = (ref: string): boolean => /^https?:/.test(ref);

export const NO_FILE = "The server answered that there is none.";
