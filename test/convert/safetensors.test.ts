// safetensors files of strangers: right ones are read, wrong ones are refused with what is wrong.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openFolder } from "../../src/convert/folder.js";
import { openCheckpoint } from "../../src/convert/open-checkpoint.js";
import { openSafetensors } from "../../src/convert/safetensors/open.js";
import { failureOf } from "../support/failure-of.js";
import { float32, writeSafetensors } from "../support/safetensors-writer.js";

const INDEX = "model.safetensors.index.json";
const root = mkdtempSync(join(tmpdir(), "oslm-safetensors-"));
afterAll(() => rmSync(root, { recursive: true }));

let made = 0;
function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = join(root, String(made++));
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}
const open = async (files: Readonly<Record<string, string | Uint8Array>>) =>
  openSafetensors(await openFolder(folderOf(files)));

const A = float32(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
const B = float32(Float32Array.of(7));
const floats = (bytes: Uint8Array | undefined) => [...new Float32Array(Uint8Array.from(bytes ?? []).buffer)];

it("reads one file, whole tensors and parts", async () => {
  const checkpoint = await open({ "model.safetensors": writeSafetensors({ A, B }) });
  const a = checkpoint?.tensors.get("A");
  expect(a).toMatchObject({ name: "A", type: "F32", shape: [2, 3] });
  expect(floats(await a?.read())).toEqual([1, 2, 3, 4, 5, 6]);
  expect(floats(await a?.read(3, 2))).toEqual([4, 5]);
  expect(floats(await checkpoint?.tensors.get("B")?.read())).toEqual([7]);
  await checkpoint?.close();
});

const index = (map: object) => JSON.stringify({ metadata: { total_size: 28 }, weight_map: map });

it("reads the shards that an index names", async () => {
  const checkpoint = await open({
    "model-00001-of-00002.safetensors": writeSafetensors({ A }),
    "model-00002-of-00002.safetensors": writeSafetensors({ B }),
    "model.safetensors.index.json": index({
      A: "model-00001-of-00002.safetensors",
      B: "model-00002-of-00002.safetensors",
    }),
  });
  expect([...(checkpoint?.tensors.keys() ?? [])]).toEqual(["A", "B"]);
  expect(floats(await checkpoint?.tensors.get("B")?.read())).toEqual([7]);
  await checkpoint?.close();
});

it("finds none in a folder without", async () => {
  expect(await open({ "config.json": "{}" })).toBeUndefined();
});

describe("refuses an index", () => {
  const shard = writeSafetensors({ A });
  it.each([
    ["that leads out of its folder", { A: "../model.safetensors" }, "not a file of its folder"],
    ["that names an absolute path", { A: "/etc/passwd.safetensors" }, "not a file of its folder"],
    ["that names what is no file", { A: 7 }, "not a file of its folder"],
    ["that names a file that is not there", { A: "gone.safetensors" }, "gone.safetensors, which is not there"],
    ["whose file lacks a tensor", { A: "one.safetensors", C: "one.safetensors" }, 'lacks the tensor "C"'],
    ["that puts two shards of one tensor together", { A: "one.safetensors", B: "two.safetensors" }, "as one.safet"],
    ["that names nothing", {}, "names no tensors"],
  ])("%s", async (_, map, reason) => {
    const files = { "one.safetensors": shard, "two.safetensors": shard, [INDEX]: index(map) };
    expect(await failureOf(open(files))).toMatchObject({
      code: "malformed-checkpoint",
      facts: { reason: expect.stringContaining(reason) },
    });
  });

  it("that leaves out a shard that is there, but not one of other parts", async () => {
    const [one, two, other] = ["1-of-00002", "2-of-00002", "2-of-00003"].map((n) => `model-0000${n}.safetensors`);
    const whole = { [one as string]: shard, [INDEX]: index({ A: one }) };
    const checkpoint = await open({ ...whole, [other as string]: shard });
    expect(checkpoint?.tensors.size).toBe(1);
    await checkpoint?.close();
    expect(await failureOf(open({ ...whole, [two as string]: writeSafetensors({ B }) }))).toMatchObject({
      code: "malformed-checkpoint",
      facts: { file: INDEX, reason: `it leaves out ${two}, which is there` },
    });
  });

  it("that is not there", async () => {
    for (const name of ["model-00001-of-00002.safetensors", "pytorch_model-00001-of-00002.bin"]) {
      const folder = await openFolder(folderOf({ [name]: shard }));
      expect(await failureOf(openCheckpoint(folder))).toMatchObject({
        code: "malformed-checkpoint",
        facts: { file: name, reason: expect.stringContaining(".index.json") },
      });
    }
  });
});

const file = (change: (header: string) => string) => writeSafetensors({ A, B }, change);
const withLength = (length: bigint) => {
  const bytes = writeSafetensors({ A });
  bytes.writeBigUInt64LE(length);
  return bytes;
};

describe("refuses a file", () => {
  it.each([
    ["of no bytes", Buffer.alloc(0), "first 8 bytes"],
    ["with a header of exabytes", withLength(2n ** 62n), "more than 100000000"],
    ["whose header is longer than itself", withLength(99_999n), "but the file has"],
    ["that ends early", writeSafetensors({ A, B }).subarray(0, -1), "but the file has"],
    ["that goes on", Buffer.concat([writeSafetensors({ A, B }), Buffer.alloc(3)]), "3 bytes more"],
    [
      "with a tensor past its end",
      file((text) => text.replace("[24,28]", "[24,32]").replace("[1]", "[2]")),
      "file has",
    ],
    ["with overlapping tensors", file((text) => text.replace("[24,28]", "[20,24]")), "overlap"],
    ["with a hole", file((text) => text.replace("[0,24]", "[0,20]").replace("[2,3]", "[5]")), "bytes of no tensor"],
    ["with offsets the wrong way round", file((text) => text.replace("[24,28]", "[28,24]")), "not 28..24"],
    ["with offsets that are no numbers", file((text) => text.replace("[24,28]", '["24",28]')), "no usable offsets"],
    ["with a size that is not its shape's", file((text) => text.replace("[2,3]", "[2,4]")), "needs 32 bytes"],
    ["with vast dimensions", file((text) => text.replace("[2,3]", "[9007199254740991,9007199254740991]")), "needs"],
    ["with a negative dimension", file((text) => text.replace("[2,3]", "[-2,-3]")), "no usable shape"],
    ["with a broken dimension", file((text) => text.replace("[2,3]", "[1.5,4]")), "no usable shape"],
    ["with many dimensions", file((text) => text.replace("[2,3]", "[1,1,1,1,1,1,1,2,3]")), "no usable shape"],
    ["with the same tensor twice", file((text) => text.replace('"B"', '"A"')), 'key "A" twice'],
    ["with it twice in disguise", file((text) => text.replace('"B"', '"\\u0041"')), 'key "A" twice'],
    ["whose tensor is no object", file((text) => text.replace(/"B":\{[^}]*\}/, '"B":[]')), "not described"],
    ["that is no JSON", file((text) => text.slice(1)), "cannot be read"],
    ["that is a list", writeSafetensors({}, () => "[]"), "no object"],
    ["nested without end", writeSafetensors({}, () => `{"A":${"[".repeat(1e6)}`), "nested"],
    ["with one long string", writeSafetensors({}, () => `{"A":"${"x".repeat(5e6)}"}`), "not described"],
    ["that is not UTF-8", Buffer.concat([Buffer.from("0200000000000000", "hex"), Buffer.from([0x7b, 0xff])]), "UTF-8"],
  ])("%s", async (_, bytes, reason) => {
    const failure = await failureOf(open({ "model.safetensors": bytes }));
    expect(failure).toMatchObject({ code: "malformed-checkpoint", facts: { file: "model.safetensors" } });
    expect((failure as { facts: { reason: string } }).facts.reason).toContain(reason);
  });

  it("with elements of a type that no weights have", async () => {
    const failure = await failureOf(open({ "model.safetensors": file((text) => text.replace('"F32"', '"C64"')) }));
    expect(failure).toMatchObject({ code: "unsupported-checkpoint" });
  });
});
