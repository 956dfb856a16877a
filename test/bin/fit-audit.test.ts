// What a run took, beside what it was foreseen to take.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Home } from "../support/oslm.js";

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

const state = () => join(home.path, ".local/state/oslm");
const document = async () => JSON.parse((await home.run(["fit", "--audit", "--json"])).stdout);

it("a run is recorded with its peak, and shown", async () => {
  const none = await home.run(["fit", "--audit"]);
  expect([none.code, none.stdout]).toEqual([0, ""]);
  expect((await home.run(["run", "demo", "hello", "-n", "4"])).code).toBe(0);
  const { loads, correction } = await document();
  expect(correction).toBe(0);
  expect(loads).toHaveLength(1);
  const [{ ref, ctx, kvType, mapped, predicted, measured, error }] = loads;
  expect([ref, kvType, mapped, typeof ctx]).toEqual(["demo", "f16", false, "number"]);
  // Node alone takes 40 MB; the demo model has half a megabyte.
  expect(measured).toBeGreaterThan(60e6);
  expect(measured).toBeLessThan(250e6);
  expect(error).toBeCloseTo((predicted / measured - 1) * 100, 1);
  const table = await home.run(["fit", "--audit"]);
  expect(table.stdout.split("\t").slice(0, 5)).toEqual(["demo", String(ctx), "f16", "0", "read"]);
});

it("a load that is mapped, since it nearly fills the memory, says so", async () => {
  const [{ estimate }] = JSON.parse((await home.run(["fit", "demo", "--json"])).stdout).variants;
  const { code } = await home.run([
    "run",
    "demo",
    "hello",
    "-n",
    "4",
    "--ram",
    String(Math.ceil(estimate.total / 0.93)),
  ]);
  expect(code).toBe(0);
  const { loads } = await document();
  expect(loads).toMatchObject([{ mapped: true }]);
  expect((await home.run(["fit", "--audit"])).stdout.split("\t")[4]).toBe("mapped");
});

it("three loads that took more raise the predictions to come", async () => {
  const before = JSON.parse((await home.run(["fit", "demo", "--json"])).stdout).variants[0].estimate;
  const record = { at: "2026-11-21T12:00:00Z", ref: "m", ctx: 1, kvType: "f16", gpuLayers: 0, mapped: false };
  const line = JSON.stringify({ ...record, predicted: 1_000, correction: 0, measured: 30_001_000 });
  mkdirSync(state(), { recursive: true });
  writeFileSync(join(state(), "loads.jsonl"), `${line}\n${line}\n${line}\n`);
  const after = JSON.parse((await home.run(["fit", "demo", "--json"])).stdout).variants[0].estimate;
  expect(after.overhead - before.overhead).toBe(30_000_000);
  expect((await document()).correction).toBe(30_000_000);
});

it("a measurement that cannot be kept does not spoil the answer", async () => {
  mkdirSync(join(state(), "loads.jsonl"), { recursive: true });
  chmodSync(state(), 0o500);
  const { code, stderr } = await home.run(["run", "demo", "hello", "-n", "4"]);
  chmodSync(state(), 0o700);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("oslm:")]);
});

it("without a model and without --audit says what to do", async () => {
  const { code, stderr } = await home.run(["fit"]);
  expect(code).toBe(2);
  expect(stderr).toContain("Try: oslm fit");
});
