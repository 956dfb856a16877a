// The quantizer in its process: the same bytes as a plain call gives, sizes known before, and nothing left where it ends early.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { fileType } from "../../src/quantize/file-types.js";
import { planQuantize } from "../../src/quantize/plan.js";
import { quantizeFile } from "../../src/quantize/quantize-file.js";
import { failureOf } from "../support/failure-of.js";
import { wideModel } from "../support/wide-model.js";
import { asking, callOf, LIBRARY, QuantizeRoom, sourceOf } from "./room.js";

const PLAIN = fileURLToPath(new URL("../support/plain-quantize.mjs", import.meta.url));
const room = new QuantizeRoom();
const model = room.write("wide-f16.gguf", wideModel("F16"));
afterAll(() => room.remove());

const planOf = async (input: string, type: string, more = {}) => {
  const [plan] = await planQuantize(
    await sourceOf(input),
    { library: LIBRARY, calls: [callOf(input, type, more)] },
    asking,
  );
  if (plan === undefined) throw new Error("no plan");
  return plan;
};

const quantize = async (input: string, type: string, target: string, { force = false, ...more } = {}) => {
  const plan = await planOf(input, type, more);
  const steps = [];
  for await (const step of quantizeFile(plan, { library: LIBRARY, target, force }, asking)) steps.push(step);
  return { plan, steps };
};

describe.skipIf(process.platform !== "linux")("quantizing", () => {
  it.each(["Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0", "IQ4_XS"])("gives the bytes of a plain call: %s", async (type) => {
    const [ours, plain] = [room.path(`${type}.gguf`), room.path(`${type}-plain.gguf`)];
    const { plan, steps } = await quantize(model, type, ours);
    execFileSync(process.execPath, [PLAIN, LIBRARY, model, plain, String(fileType(type)?.id), "1"]);
    expect(readFileSync(ours).equals(readFileSync(plain))).toBe(true);
    expect(plan.result.fileSize).toBe(readFileSync(plain).length);
    expect(steps.at(-1)).toMatchObject({
      tensors: 21,
      of: 21,
      bytes: plan.result.fileSize,
      total: plan.result.fileSize,
    });
  });

  it("leaves nothing when it is stopped, and keeps what was there", async () => {
    const target = room.path("kept.gguf");
    writeFileSync(target, "kept");
    const before = room.files();
    const stop = new AbortController();
    const plan = await planOf(model, "IQ4_XS");
    const run = quantizeFile(plan, { library: LIBRARY, target, force: true }, { ...asking, signal: stop.signal });
    expect((await run.next()).value).toMatchObject({ type: "quantized" });
    expect(room.files()).not.toEqual(before);
    stop.abort(new Error("enough"));
    const rest = async () => {
      for await (const _ of run);
    };
    await expect(rest()).rejects.toThrow("enough");
    expect(room.files()).toEqual(before);
    expect(readFileSync(target, "utf8")).toBe("kept");
  });

  it("does not write over a file that came meanwhile, unless told to", async () => {
    const target = room.path("meanwhile.gguf");
    const plan = await planOf(model, "Q8_0");
    const run = quantizeFile(plan, { library: LIBRARY, target, force: false }, asking);
    await run.next();
    writeFileSync(target, "theirs");
    const rest = async () => {
      for await (const _ of run);
    };
    expect(await failureOf(rest())).toMatchObject({ code: "usage" });
    expect(readFileSync(target, "utf8")).toBe("theirs");
    await quantize(model, "Q8_0", target, { force: true });
    expect(readFileSync(target).subarray(0, 4).toString()).toBe("GGUF");
    expect(room.files().filter((name) => name.endsWith(".partial"))).toEqual([]);
  });
});
