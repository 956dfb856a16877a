// The topics of `oslm help`. Their texts are loaded when they are asked for: the titles are part of every start.

export interface Topic {
  /** A few words, for lists of topics. */
  readonly title: string;
  /** What `oslm help TOPIC` prints. */
  readonly text: () => Promise<string>;
}

export const TOPICS: Readonly<Record<string, Topic>> = {
  "exit-codes": {
    title: "what each exit code means",
    text: async () => (await import("./exit-codes.js")).exitCodes(),
  },
  environment: {
    title: "variables that oslm reads",
    text: async () => (await import("./environment.js")).environment(),
  },
  references: { title: "how to name a model", text: async () => (await import("./references.js")).references() },
  licenses: {
    title: "classes, the gate, how to accept and deny, evidence",
    text: async () => (await import("./licenses.js")).licenses(),
  },
};
