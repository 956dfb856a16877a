// Every architecture: a random checkpoint in the published layout, converted to F32, has in the engine the logits of an independent
// forward pass. That is the proof of permutations, rotations and norms.
import { describe, expect, it } from "vitest";
import { relativeError } from "../support/checkpoints/compare.js";
import { LLAMAS } from "../support/checkpoints/llama.js";

describe.each([...LLAMAS])("$name", (family) => {
  it("has the logits of the forward pass", async () => {
    const error = await relativeError(family);
    expect(error).toBeLessThan(1e-3);
  });
});
