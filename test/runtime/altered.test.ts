// Files altered in the ways that were found to end the engine's process, or to make it fail in words that nobody understands. The
// reader refuses them; what it takes, the real engine takes.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { admit } from "../support/admit.js";
import { type GgufSpec, typed, type WritableTensor, type WritableValue, writeGguf } from "../support/gguf-writer.js";
import { Loader } from "../support/loader.js";
import { runnable } from "../support/runnable.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-altered-"));
const loader = new Loader();
afterAll(() => {
  loader.close();
  rmSync(folder, { recursive: true });
});

const { metadata, tensors } = runnable("llama");
const whole = writeGguf({ metadata, tensors });
const put = (change: Partial<GgufSpec>): Buffer => writeGguf({ metadata, tensors, ...change });
const keys = (change: Readonly<Record<string, WritableValue>>): Buffer => put({ metadata: { ...metadata, ...change } });
const first = (change: Partial<WritableTensor>): Buffer =>
  put({ tensors: tensors.map((one, index) => (index === 0 ? { ...one, bytes: 260 * 64 * 4, ...change } : one)) });
const tensorList = whole.indexOf("token_embd.weight");
const cut = (bytes: number): Buffer => whole.subarray(0, bytes);
/** As many bytes, the number at `place` another one. */
function forged(place: number, value: bigint): Buffer {
  const bytes = Buffer.from(whole);
  bytes.writeBigUInt64LE(value, place);
  return bytes;
}
/** The length of the array stands after the key, the mark of an array, and the type of its elements. */
const tokens = whole.indexOf("tokenizer.ggml.tokens") + "tokenizer.ggml.tokens".length + 8;
const HUGE = 2n ** 62n;

it.each<[string, Buffer, RegExp]>([
  ["nothing", Buffer.alloc(0), /empty/],
  ["four bytes", cut(4), /ends inside the header/],
  ["random bytes", Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 251)), /GGUF/],
  ["a web page", Buffer.from("<!doctype html>"), /web page/],
  ["the magic and noise", Buffer.from(`GGUF${"noise".repeat(99)}`), /version/],
  ["cut in the header", cut(100), /more than 100 bytes can describe/],
  ["cut in the list of tensors", cut(tensorList + 100), /needs .* bytes|ends inside/],
  ["cut in half", cut(whole.length / 2), /needs bytes|ends/],
  ["the last 4 kB missing", cut(whole.length - 4096), /needs bytes|ends/],
  ["the last byte missing", cut(whole.length - 1), /needs bytes|ends/],
  ["a huge number of tensors", put({ tensorCount: HUGE }), /tensors/],
  ["a huge number of keys", put({ keyCount: HUGE }), /keys/],
  ["no keys", put({ keyCount: 0 }), /./],
  ["a huge length of a text", forged(24, HUGE), /./],
  ["a huge vocabulary", forged(tokens, HUGE), /./],
  ["version 99", put({ version: 99 }), /version 99/],
  ["an unknown architecture", keys({ "general.architecture": "nonesuch" }), /architecture|nonesuch/],
  ["nine dimensions", first({ dims: Array<number>(9).fill(1) }), /9 dimensions/],
  ["a name twice", put({ tensors: [...tensors, ...tensors.slice(0, 1)] }), /twice|token_embd/],
  ["an offset beyond the file", first({ offset: 2n ** 40n }), /./],
  ["an offset that is not aligned", first({ offset: 1 }), /aligned/],
  ["a huge dimension", first({ dims: [64, HUGE] }), /./],
  ["an unknown type", first({ type: 200 }), /type 200/],
  ["a width of 2^32 - 1", keys({ "llama.embedding_length": 2 ** 32 - 1 }), /embedding_length/],
  // These four ended the process.
  ["0 layers", keys({ "llama.block_count": 0 }), /block_count/],
  ["4 billion layers", keys({ "llama.block_count": 4e9 }), /block_count/],
  ["a width of 0", keys({ "llama.embedding_length": 0 }), /embedding_length/],
  ["0 heads", keys({ "llama.attention.head_count": 0 }), /head_count/],
])("refuses %s, before the engine sees it", async (_, bytes, reason) => {
  expect(await admitted(bytes)).toMatchObject({ refused: expect.stringMatching(reason) });
});

const LOADED = /^loaded$/;

it.each<[string, Buffer, RegExp]>([
  ["scores for fewer tokens", keys({ "tokenizer.ggml.scores": typed("float32", [0, 0]) }), /scores \(2 < 260\)/],
  ["an unknown tokenizer", keys({ "tokenizer.ggml.model": "nonesuch" }), /unknown tokenizer: 'nonesuch'/],
  ["a dimension of 0", first({ dims: [64, 0] }), /gguf_init/],
  ["no tensors", put({ tensors: [] }), /tensor 'token_embd.weight' not found/],
  ["100 layers", keys({ "llama.block_count": 100 }), /tensor 'blk\.2\..*' not found/],
  ["7 heads", keys({ "llama.attention.head_count": 7 }), /wrong shape/],
  ["6 values turned", keys({ "llama.rope.dimension_count": 6 }), /invalid n_rot: 6/],
  ["1 feed-forward value", keys({ "llama.feed_forward_length": 1 }), /wrong shape/],
  ["a context length of 0", keys({ "llama.context_length": 0 }), LOADED],
  ["a context length of 2^32 - 1", keys({ "llama.context_length": 2 ** 32 - 1 }), LOADED],
  ["a first token that is not there", keys({ "tokenizer.ggml.bos_token_id": 1_000_000 }), LOADED],
  ["an end token that is not there", keys({ "tokenizer.ggml.eos_token_id": 1_000_000 }), LOADED],
  ["weights that are no numbers", first({ data: Buffer.alloc(260 * 64 * 4, 0xff) }), /^refused no-numbers/],
])("leaves %s to the engine, which loads it or says why not", async (_, bytes, says) => {
  const { path, ...admission } = await admitted(bytes);
  if ("refused" in admission) throw new Error(admission.refused);
  const { is, why } = await loader.load({ path, ...admission.plan });
  // Where it refuses, in its own words: they are found in its log alone.
  expect([is, why]).toEqual([says === LOADED ? "loaded" : "refused", expect.stringMatching(says)]);
  if (says !== LOADED) expect(why).toMatch(/^refused (load-failed|no-numbers)/);
});

async function admitted(bytes: Buffer) {
  const path = join(folder, "altered.gguf");
  writeFileSync(path, bytes);
  return { ...(await admit(path)), path };
}
