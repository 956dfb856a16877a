// The engine, and what it cannot do with a model.

export interface RuntimeFacts {
  "no-backend": { platform: string; reason: string };
  /** A GPU was planned for, but no GPU library runs with it; a load without one may work. */
  "no-gpu": { platform: string };
  "load-failed": { file: string; reason: string };
  "generation-failed": { reason: string };
  /** What the model computes is NaN. */
  "no-numbers": { file: string };
  /** The model was not made for it; `what` reads like `cannot fill in the middle of a text`. */
  "cannot-do": { what: string; reason: string /** What helps. */; instead: string };
  /** An adapter that was made for another model. */
  "wrong-adapter": { file: string; model: string; reason: string };
  /** A draft model whose tokens are not those of the model it is to guess for. */
  "wrong-draft": { draft: string; reason: string };
}
