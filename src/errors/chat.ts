// Saved conversations.

export interface ChatFacts {
  /** Saved conversations; `ref` where the latest with a model was asked for. */
  "no-chat": { name: string; suggestions: readonly string[]; ref?: string };
  /** A saved conversation; `reason` reads like `it is cut off`. */
  "bad-chat": { path: string; reason: string };
}
