// oslm quantize, as people run it.
import type { ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { childrenOf } from "../support/children-of.js";
import { typed, type WritableValue, writeGguf } from "../support/gguf-writer.js";
import { legacyImatrix } from "../support/imatrix.js";
import { Home } from "../support/oslm.js";
import { wideModel } from "../support/wide-model.js";

const home = new Home();
afterAll(() => home.remove());
const at = (name: string): string => join(home.path, name);
writeFileSync(at("wide-f16.gguf"), writeGguf(wideModel("F16", 1)));
const matrices = wideModel("F16", 1).tensors.filter(({ dims }) => dims.length > 1);
const run = (...args: string[]) => home.run(["quantize", ...args], { cwd: home.path });
/** One whose parent is gone may stay in the list when it has ended. */
const isRunning = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};
const temporary = () => readdirSync(home.path).filter((name) => name.endsWith(".partial"));

describe.skipIf(process.platform !== "linux")("oslm quantize", () => {
  it("prints the path of what it made, which runs", async () => {
    const { code, stdout, stderr } = await run("./wide-f16.gguf", "q4_k_m", "-o", "small.gguf");
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${at("small.gguf")}\n` });
    expect(stderr).toMatch(/^Q4_K_M: .* becomes .* bits per weight/);
    const answer = await home.run(["complete", at("small.gguf"), "a", "-n", "2", "--temp", "0"]);
    expect(answer.code).toBe(0);
  });

  it("tells the exact size before, as JSON too", async () => {
    const dry = await run("./wide-f16.gguf", "Q5_K_M", "--dry-run", "--json");
    const told = JSON.parse(dry.stdout);
    expect(told).toMatchObject({ quant: "Q5_K_M", path: null, dryRun: true, source: { quant: "F16" } });
    const made = JSON.parse((await run("./wide-f16.gguf", "Q5_K_M", "-o", "q5.gguf", "--json")).stdout);
    expect(statSync(at("q5.gguf")).size).toBe(told.size);
    expect(made).toEqual({ ...told, path: at("q5.gguf"), dryRun: false });
  });

  it("takes types for single tensors", async () => {
    const rules = ["--tensor-type", "ffn_down=q8_0", "--output-type", "f16", "--embedding-type", "q5_1"];
    const { stdout } = await run("./wide-f16.gguf", "Q4_K_S", ...rules, "--dry-run", "--json=tensors");
    const types = JSON.parse(stdout).tensors.map(
      ({ type, count }: { type: string; count: number }) => `${count} ${type}`,
    );
    expect(types.sort()).toEqual(["1 F16", "1 Q5_1", "1 Q8_0", "1 Q5_K", "3 F32", "5 Q4_K"].sort());
    const pure = JSON.parse((await run("./wide-f16.gguf", "Q4_K_M", "--pure", "--dry-run", "--json=tensors")).stdout);
    expect(pure.tensors.map(({ type }: { type: string }) => type)).toEqual(["Q4_K", "F32"]);
  });

  it("takes the best type that fits", async () => {
    const all = await run("./wide-f16.gguf", "--to-fit", "--dry-run", "--json");
    expect(JSON.parse(all.stdout)).toMatchObject({ quant: "Q8_0" });
    expect(JSON.parse(all.stdout).reasons[0]).toContain("Q8_0: the best quality up to Q8_0 that fits");
    const none = await run("./wide-f16.gguf", "--to-fit", "--dry-run", "--ram", "40MB");
    expect(none.code).toBe(6);
  });

  it("puts what it makes of a stored model into this folder", async () => {
    await home.run(["import", at("wide-f16.gguf"), "--name", "mine"]);
    const { stdout } = await run("mine", "Q6_K", "--quiet");
    expect(stdout).toBe(`${at("wide-Q6_K.gguf")}\n`);
    expect(await run("mine", "Q6_K")).toMatchObject({ code: 2 });
    expect((await run("mine", "Q6_K", "--force")).code).toBe(0);
  });

  it("makes one file of the parts of a model", async () => {
    const { metadata, tensors } = wideModel("F16", 1);
    const part = (no: number): Record<string, WritableValue> => ({
      "split.no": typed("uint16", no),
      "split.count": typed("uint16", 2),
      "split.tensors.count": typed("int32", tensors.length),
    });
    const first = { ...(metadata as Record<string, WritableValue>), ...part(0) };
    writeFileSync(at("p-00001-of-00002.gguf"), writeGguf({ metadata: first, tensors: tensors.slice(0, 5) }));
    writeFileSync(at("p-00002-of-00002.gguf"), writeGguf({ metadata: part(1), tensors: tensors.slice(5) }));
    const { stdout } = await run("./p-00001-of-00002.gguf", "Q8_0", "-o", "joined.gguf", "--json");
    await run("./wide-f16.gguf", "Q8_0", "-o", "whole.gguf");
    expect(JSON.parse(stdout).size).toBe(statSync(at("whole.gguf")).size);
    expect(readFileSync(at("joined.gguf")).equals(readFileSync(at("whole.gguf")))).toBe(true);
  });

  it("says what is wrong, with the way out", async () => {
    writeFileSync(at("there.gguf"), "mine");
    expect(await run("./wide-f16.gguf", "Q8_0", "-o", "there.gguf")).toMatchObject({ code: 2 });
    expect(readFileSync(at("there.gguf"), "utf8")).toBe("mine");
    const nowhere = await run("./wide-f16.gguf", "Q8_0");
    expect(nowhere.code).toBe(2);
    expect(nowhere.stderr).toContain("Try: oslm quantize ./wide-f16.gguf Q8_0 -o wide-Q8_0.gguf");
    const self = await run("./wide-f16.gguf", "Q8_0", "-o", "wide-f16.gguf", "--force");
    expect(self.stderr).toContain("is read for this");
    await run("./wide-f16.gguf", "Q8_0", "-o", "q8.gguf");
    const again = await run("./q8.gguf", "Q4_K_M", "-o", "q4.gguf");
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("Try: oslm quantize ./q8.gguf Q4_K_M -o q4.gguf --allow-requantize");
    expect(existsSync(at("q4.gguf"))).toBe(false);
    expect((await run("./q8.gguf", "Q4_K_M", "-o", "q4.gguf", "--allow-requantize")).code).toBe(0);
    const without = await run("./wide-f16.gguf", "IQ2_XS", "-o", "iq2.gguf");
    expect(without.code).toBe(2);
    expect(without.stderr).toMatch(/IQ2_XS needs an importance matrix[\s\S]*--imatrix FILE/);
    writeFileSync(at("bad.imatrix"), "no matrix");
    const bad = await run("./wide-f16.gguf", "IQ2_XS", "-o", "iq2.gguf", "--imatrix", "bad.imatrix");
    expect(bad).toMatchObject({ code: 8 });
    expect(bad.stderr).toContain("bad.imatrix is not a usable importance matrix");
    writeFileSync(at("cut.gguf"), readFileSync(at("wide-f16.gguf")).subarray(0, 5000));
    expect((await run("./cut.gguf", "Q8_0", "-o", "x.gguf")).code).toBe(8);
    expect((await run("none/such", "Q8_0")).code).toBe(3);
    expect(temporary()).toEqual([]);
  });

  it.each([
    ["of other tensors", matrices.map((one) => ({ ...one, name: `x.${one.name}` })), /of another model: it knows none/],
    ["of other widths", matrices.map((one) => ({ ...one, dims: [64] })), /of another model: for .* 64 columns/],
  ])("refuses an importance matrix %s, in a dry run too", async (_what, tensors, message) => {
    writeFileSync(at("other.imatrix"), legacyImatrix(tensors));
    for (const flags of [["--dry-run"], ["-o", "other.gguf"]]) {
      const refused = await run("./wide-f16.gguf", "Q4_K_M", "--imatrix", "other.imatrix", ...flags);
      expect([refused.code, refused.stdout]).toEqual([8, ""]);
      expect(refused.stderr).toMatch(message);
    }
  });

  it("tells of how many tensors an importance matrix knows, and takes no small type for the others", async () => {
    const [down, ...others] = matrices.filter(({ name }) => name.startsWith("blk."));
    if (down === undefined) throw new Error("no matrices");
    writeFileSync(at("some.imatrix"), legacyImatrix(others));
    const some = ["./wide-f16.gguf", "--imatrix", "some.imatrix"];
    const { stdout } = await run(...some, "Q4_K_M", "--dry-run", "--json=imatrixTensors");
    expect(JSON.parse(stdout)).toEqual({ imatrixTensors: { known: 6, of: 7 } });
    const made = await run(...some, "Q4_K_M", "-o", "some.gguf");
    expect([made.code, made.stderr]).toEqual([0, expect.stringContaining("knows 6 of the 7 tensors")]);
    const small = await run(...some, "IQ2_XS", "--dry-run");
    expect([small.code, small.stderr]).toEqual([2, expect.stringContaining(`Without one for ${down.name}`)]);
    writeFileSync(at("all.imatrix"), legacyImatrix(matrices));
    const all = await run("./wide-f16.gguf", "Q4_K_M", "--imatrix", "all.imatrix", "--dry-run");
    expect([all.code, all.stderr]).toEqual([0, expect.not.stringContaining("importance")]);
  });

  it.each([
    ["--output-type", "iq2_xs"],
    ["--output-type", "iq1_s"],
    ["--embedding-type", "iq2_xxs"],
  ])("makes no %s %s without an importance matrix that knows the tensor", async (flag, type) => {
    for (const flags of [["--dry-run"], ["-o", `${type}.gguf`]]) {
      const refused = await run("./wide-f16.gguf", "Q4_K_M", flag, type, ...flags);
      expect([refused.code, refused.stdout]).toEqual([2, ""]);
      expect(refused.stderr).toContain(`${type.toUpperCase()} needs an importance matrix`);
    }
    writeFileSync(at("every.imatrix"), legacyImatrix(matrices));
    // To make it takes seconds; that of one type shows that the library has what it needs.
    const made = type === "iq2_xxs" ? ["-o", `${type}.gguf`] : ["--dry-run"];
    const known = await run("./wide-f16.gguf", "Q4_K_M", flag, type, "--imatrix", "every.imatrix", ...made);
    expect(known.code).toBe(0);
  });

  // The tables of these take the library seconds to make: one is made, the others are planned.
  it.each([
    ["iq2_s", ["--dry-run"]],
    ["iq1_m", ["--dry-run"]],
    ["iq3_xxs", ["-o", "fine.gguf"]],
  ])("takes %s, which does well without", async (type, flags) => {
    const { code, stderr } = await run("./wide-f16.gguf", "Q4_K_M", "--output-type", type, ...flags);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("needs an importance matrix")]);
  });

  it.each([
    ["nomatch=q8_0", /"nomatch" matches none of the model's tensors[\s\S]*token_embd\.weight/],
    ["(?<x>attn)=q8_0", /cannot read "\(\?<x>attn\)" as a pattern/],
    ["attn{|ffn=q8_0", /cannot read "attn\{\|ffn" as a pattern/],
  ])("refuses the pattern %s", async (rule, message) => {
    const refused = await run("./wide-f16.gguf", "Q4_K_M", "--dry-run", "--tensor-type", rule);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(message);
  });

  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("leaves nothing after %s", async (signal) => {
    // So large that there is time to stop it.
    if (!existsSync(at("large.gguf"))) writeFileSync(at("large.gguf"), writeGguf(wideModel("F16", 24)));
    let process_: ChildProcess | undefined;
    const ending = home.run(["quantize", "./large.gguf", "IQ4_XS", "-o", "stopped.gguf", "--threads", "1"], {
      cwd: home.path,
      onStart: (child) => {
        process_ = child;
      },
    });
    const children = () => childrenOf(process_?.pid ?? 0, "quantizer");
    const isWriting = () => temporary().length === 1 && children().length === 1;
    await expect.poll(isWriting, { timeout: 20_000, interval: 10 }).toBe(true);
    const [worker] = children();
    process_?.kill(signal);
    const { code } = await ending;
    expect(code).toBe(signal === "SIGINT" ? 130 : signal === "SIGTERM" ? 143 : null);
    await expect.poll(temporary, { timeout: 5000 }).toEqual([]);
    expect(existsSync(at("stopped.gguf"))).toBe(false);
    await expect.poll(() => isRunning(worker ?? 0), { timeout: 5000 }).toBe(false);
  });
});
