// What a decision over a repository costs on the network: requests and bytes, from the log of the Hub.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { typed, writeGguf } from "../support/gguf-writer.js";
import { Home } from "../support/oslm.js";
import { runnable } from "../support/runnable.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const QUANTS =
  `IQ1_S IQ1_M IQ2_XXS IQ2_XS IQ2_S IQ2_M IQ3_XXS IQ3_XS IQ3_S IQ3_M IQ4_XS IQ4_NL Q2_K Q3_K_S Q3_K_M Q3_K_L
 Q4_0 Q4_1 Q4_K_S Q4_K_M Q5_K_S Q5_K_M Q6_K Q8_0 F16`.split(/\s+/);
const tokens = Array.from({ length: 100_000 }, (_, index) => `token ${index}`);
const SHAPE = tinyGguf({ "tokenizer.ggml.tokens": tokens });

let hub: FakeHub;
let home: Home;
beforeAll(async () => {
  const many = QUANTS.map((quant, index) => [`many-${quant}.gguf`, Buffer.concat([SHAPE, Buffer.alloc(999 * index)])]);
  const part = (index: number) => `split-Q8_0-0000${index}-of-00003.gguf`;
  const shard = (index: number) =>
    Buffer.concat([
      tinyGguf({
        "tokenizer.ggml.tokens": tokens,
        "split.no": typed("uint16", index),
        "split.count": typed("uint16", 3),
        "split.tensors.count": typed("int32", 9),
      }),
      Buffer.alloc(5000),
    ]);
  const bigEndian = Buffer.from(SHAPE);
  bigEndian.writeUInt32LE(0x03000000, 4);
  const versionTwo = Buffer.from(SHAPE);
  versionTwo.writeUInt32LE(2, 4);
  const card = { license: "mit" };
  // As long as Llama 3.1's, among the longer ones.
  const gguf = { architecture: "llama", chat_template: "{{ message }}".repeat(400) };
  hub = await startFakeHub({
    repos: [
      { id: "org/many", files: Object.fromEntries(many), card, gguf },
      { id: "org/split", files: { [part(1)]: shard(0), [part(2)]: shard(1), [part(3)]: shard(2) }, card },
      { id: "org/first", files: { "first-Q8_0.gguf": tokenizerFirst() }, card },
      { id: "org/big-endian", files: { "be-Q8_0.gguf": bigEndian }, card },
      { id: "org/two", files: { "two-Q8_0.gguf": versionTwo }, card },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

/** As a few converters write it, with a vocabulary of 300 KB before the shape. */
function tokenizerFirst(): Buffer {
  const { metadata, tensors } = runnable("llama");
  const list = { "tokenizer.ggml.tokens": tokens.slice(0, 16_000) };
  return writeGguf({ metadata: { ...list, ...metadata, ...list }, tensors });
}

async function weigh(repo: string) {
  hub.requests.length = 0;
  const result = await home.run(["fit", repo, "--json"]);
  const sum = (host: "hub" | "cdn") => hub.requests.filter((request) => request.host === host);
  return {
    ...result,
    asked: sum("hub").length,
    redirected: sum("cdn").length,
    bytes: hub.requests.reduce((total, { sent }) => total + sent, 0),
  };
}

it("25 variants: the list and the header of the pick, and less than 128 KB", async () => {
  const { code, stdout, asked, redirected, bytes } = await weigh("org/many");
  const { variants } = JSON.parse(stdout) as { variants: unknown[] };
  expect([code, variants.length]).toEqual([0, 25]);
  expect([asked, redirected]).toEqual([2, 1]);
  expect(bytes).toBeLessThan(128 * 1024);
});

it("a model in three files: the first tells", async () => {
  const { code, stdout, asked, redirected } = await weigh("org/split");
  const { variants } = JSON.parse(stdout) as { variants: { size: number; files: string[] }[] };
  expect([code, asked, redirected]).toEqual([0, 2, 1]);
  expect(variants.map(({ files }) => files.length)).toEqual([3]);
});

it("version 2 reads like version 3, the other byte order is refused", async () => {
  expect((await weigh("org/two")).code).toBe(0);
  const { code, stderr, asked, redirected } = await weigh("org/big-endian");
  expect([code, asked, redirected]).toEqual([8, 2, 1]);
  expect(stderr).toContain("big-endian");
});

it("a tokenizer before the shape is walked over, in pieces that grow", async () => {
  const { code, asked, bytes } = await weigh("org/first");
  expect(code).toBe(0);
  expect(asked).toBeLessThanOrEqual(1 + 3);
  expect(bytes).toBeLessThan(2 ** 20);
});
