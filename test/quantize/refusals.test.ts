// What the quantizer's process is told to refuse, and what ends it: always an error with a reason, never this process.
import { existsSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { memorySource } from "../../src/gguf/source.js";
import { readImatrix } from "../../src/quantize/imatrix.js";
import { DEFAULTS, layoutFault, TAIL_BYTES } from "../../src/quantize/layout.js";
import { planQuantize } from "../../src/quantize/plan.js";
import { quantizeFile } from "../../src/quantize/quantize-file.js";
import { failureOf } from "../support/failure-of.js";
import { ggufImatrix, legacyImatrix } from "../support/imatrix.js";
import { wideModel } from "../support/wide-model.js";
import { asking, callOf, LIBRARY, QuantizeRoom, quantizeAll, sourceOf } from "./room.js";

const room = new QuantizeRoom();
afterAll(() => room.remove());
const spec = wideModel("F16", 1);
const matrices = spec.tensors.filter(({ dims }) => dims.length > 1);
const input = room.write("wide.gguf", spec);

describe("the layout of the parameters", () => {
  const tail = new Uint8Array(TAIL_BYTES);
  it("is taken where all defaults read as they should", () => {
    expect(layoutFault({ ...DEFAULTS, tail })).toBeUndefined();
  });

  it("is refused where one does not, or more is there", () => {
    for (const name of Object.keys(DEFAULTS)) {
      expect(layoutFault({ ...DEFAULTS, [name]: 1234, tail }), name).toContain(`its default for ${name} reads as 1234`);
    }
    // A parameter more before the last one.
    expect(layoutFault({ ...DEFAULTS, max_buf_size: 0, tail: Uint8Array.of(0, 0, 0, 0, 2) })).toContain("max_buf_size");
    expect(layoutFault({ ...DEFAULTS, tail: Uint8Array.of(0, 1) })).toContain("more parameters");
  });
});

describe.skipIf(process.platform !== "linux")("the quantizer", () => {
  const plan = async (path: string, more: Parameters<typeof callOf>[2] = {}, library = LIBRARY, imatrix?: string) =>
    planQuantize(
      await sourceOf(path),
      { library, calls: [callOf(path, "Q4_K_M", more)], ...(imatrix && { imatrix }) },
      asking,
    );

  it("is refused where the library is another one, or none", async () => {
    const other = await failureOf(plan(input, {}, join(LIBRARY, "..", "libggml-base.so")));
    expect(other).toMatchObject({ code: "no-quantizer" });
    expect(await failureOf(plan(input, {}, room.path("none.so")))).toMatchObject({ code: "no-quantizer" });
  });

  it("says why a call fails", async () => {
    const q8 = (await quantizeAll(room, input, ["Q8_0"]))[0] ?? "";
    const [made] = await plan(q8);
    if (made === undefined) throw new Error("no plan");
    const again = quantizeFile(made, { library: LIBRARY, target: room.path("again.gguf"), force: false }, asking);
    expect(await failureOf(again.next())).toMatchObject({
      code: "quantize-failed",
      facts: { reason: "requantizing from type q8_0 is disabled" },
    });
    expect(existsSync(room.path("again.gguf"))).toBe(false);
    expect(await failureOf(plan(input, { tensorTypes: [["(?<=a)b", 8]] }))).toMatchObject({ code: "quantize-failed" });
  });

  it("survives a file that ends its process", async () => {
    // The header was read before the file was cut: the library reads what is not there any more.
    const cut = room.write("cut.gguf", spec);
    const [made] = await plan(cut);
    truncateSync(cut, 9000);
    if (made === undefined) throw new Error("no plan");
    const run = quantizeFile(made, { library: LIBRARY, target: room.path("cut-q4.gguf"), force: false }, asking);
    const failure = await failureOf(async () => {
      for await (const _ of run);
    });
    expect(["malformed-gguf", "quantize-failed"]).toContain(failure.code);
    expect(room.files().filter((name) => /cut-q4/.test(name))).toEqual([]);
  });

  it("says of another layout of data what it makes of it", async () => {
    const metadata = { ...spec.metadata, "general.alignment": 64 };
    const wide = room.write("aligned.gguf", { ...spec, metadata, alignment: 64 });
    const [made] = await plan(wide, { realign: true });
    if (made === undefined) throw new Error("no plan");
    const target = room.path("realigned.gguf");
    for await (const _ of quantizeFile(made, { library: LIBRARY, target, force: false }, asking));
    expect((await sourceOf(target)).headers[0].alignment).toBe(32);
  });
});

describe("an importance matrix", () => {
  const read = (bytes: Uint8Array) => readImatrix(memorySource(bytes), "x.imatrix");

  it("is the same in both formats", async () => {
    const [old, gguf] = [await read(legacyImatrix(matrices)), await read(ggufImatrix(matrices))];
    const sorted = ({ entries }: typeof old) => [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(sorted(old)).toEqual(sorted(gguf));
    expect(old.entries[0]?.values.slice(0, 3)).toEqual(Float32Array.of(1, 2, 3));
    expect([old.dataset, old.chunks, gguf.dataset, gguf.chunks]).toEqual(["a text", 9, "a text", 9]);
  });

  it("changes what is made, and is named in it", async () => {
    const file = room.path("some.imatrix");
    writeFileSync(file, legacyImatrix(matrices));
    const [path = ""] = await quantizeAll(room, input, ["Q3_K_M"], file);
    const { metadata } = (await sourceOf(path)).headers[0];
    expect(metadata.get("quantize.imatrix.file")).toBe("some.imatrix");
    expect(metadata.get("quantize.imatrix.dataset")).toBe("a text");
    expect(metadata.get("quantize.imatrix.entries_count")).toBe(matrices.length);
    expect(metadata.get("quantize.imatrix.chunks_count")).toBe(9);
  });

  const whole = legacyImatrix(matrices);
  it.each([
    ["what is cut", whole.subarray(0, whole.length - 900)],
    ["no entries", legacyImatrix([])],
    ["a model", Buffer.from("GGUF")],
    ["a text", Buffer.from("Once upon a time there was a matrix")],
    ["infinities", legacyImatrix(matrices, Number.NaN)],
    ["counts that do not divide", ggufImatrix(matrices, 3, 3)],
  ])("is refused where it is %s", async (_, bytes) => {
    expect((await failureOf(read(bytes))).code).toBe("bad-imatrix");
  });
});
