// A small model that says, token by token, what a test wants: after each token of the script comes the next. Nothing is faked,
// the engine computes it: every token of the script has a direction of its own in the embedding, and the output matrix leads
// from there to the next one.
import { typed, type WritableValue, writeGguf } from "./gguf-writer.js";
import { runnable } from "./runnable.js";

/** As runnable.ts has it; a script has fewer tokens than that. */
const WIDTH = 64;
/** After which the script begins; templates end with it, or with a token of the script, which then goes on from there. */
export const GO = "<|go|>";
/** Ends a message, so that templates can. */
const END = 2;

export interface Scripted {
  /** Each a token; no two are the same. */
  readonly script: readonly string[];
  /** Those of it that are control tokens, which leave no text by themselves. */
  readonly control?: readonly string[];
  /** Jinja. */
  readonly template: string;
  /** Metadata to add, or to put in place of the right one. */
  readonly metadata?: Readonly<Record<string, WritableValue>>;
}

/** A GGUF file. The likeliest token is far likelier than all others; sampling is greedy where nothing else is asked. */
export function scriptedModel({ script, control = [], template, metadata: changes }: Scripted): Buffer {
  const { metadata, tensors } = runnable("llama");
  const known = metadata["tokenizer.ggml.tokens"] as readonly string[];
  const said = [GO, ...script];
  if (said.length >= WIDTH || new Set(said).size < said.length) throw new Error("too long a script, or a token twice");
  const vocab = known.length + said.length;
  const embedding = new Float32Array(vocab * WIDTH);
  const output = new Float32Array(vocab * WIDTH);
  for (let token = 0; token < vocab; token++) {
    const place = token - known.length;
    // All that is not of the script looks in one direction, from which nothing leads anywhere.
    embedding[token * WIDTH + (place < 0 ? WIDTH - 1 : place)] = 1;
    if (place < 0) continue;
    const next = place + 1 < said.length ? token + 1 : END;
    output[next * WIDTH + place] = 10;
  }
  const types = [
    2,
    3,
    3,
    ...new Array<number>(256).fill(6),
    1,
    ...said.map((text) => (control.includes(text) ? 3 : 4)),
  ];
  return writeGguf({
    metadata: {
      ...metadata,
      "general.sampling.temp": typed("float32", 0),
      "tokenizer.ggml.tokens": [...known, ...said],
      "tokenizer.ggml.scores": typed("float32", new Array<number>(vocab).fill(0)),
      "tokenizer.ggml.token_type": typed("int32", types),
      "tokenizer.chat_template": template,
      ...changes,
    },
    tensors: [
      ...tensors.filter(({ name }) => !["token_embd.weight", "output_norm.weight"].includes(name)),
      { name: "token_embd.weight", dims: [WIDTH, vocab], data: bytes(embedding) },
      { name: "output.weight", dims: [WIDTH, vocab], data: bytes(output) },
      { name: "output_norm.weight", dims: [WIDTH], data: bytes(new Float32Array(WIDTH).fill(1)) },
    ],
  });
}

function bytes(numbers: Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer);
}
