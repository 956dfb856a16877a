// What a run took, beside what it was foreseen to take.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";

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

it("the engine's own count is kept beside ours, shown, and told with --verbose", async () => {
  const { stderr } = await home.run(["run", "demo", "hello", "-n", "4", "--verbose"]);
  expect(stderr).toMatch(/llama\.cpp counts \d+ MB for weights, cache and buffers, foreseen were \d+ MB\n/);
  expect(stderr).not.toContain("please report");
  const { loads } = await document();
  const { counted, foreseen, error } = loads[0].engine;
  expect(Math.abs(foreseen / counted - 1)).toBeLessThan(0.1);
  expect(error).toBeCloseTo((foreseen / counted - 1) * 100, 1);
  expect((await home.run(["fit", "--audit"])).stdout.trimEnd().split("\t").at(-1)).toBe(String(counted));
  const old = { at: "2026-11-21T12:00:00Z", ref: "m", ctx: 1, kvType: "f16", gpuLayers: 0, mapped: false };
  const lines = [{}, { engine: { counted: "1", foreseen: 1 } }, { engine: 7 }].map((engine) =>
    JSON.stringify({ ...old, predicted: 1, correction: 0, measured: 1, ...engine }),
  );
  writeFileSync(join(state(), "loads.jsonl"), `${lines.join("\n")}\n`);
  expect((await document()).loads.map((one: { engine: unknown }) => one.engine)).toEqual([null, null, null]);
});

it("three loads that took more raise the predictions to come", async () => {
  const before = JSON.parse((await home.run(["fit", "demo", "--json"])).stdout).variants[0].estimate;
  const record = { at: "2026-11-21T12:00:00Z", ref: "m", ctx: 1, kvType: "f16", gpuLayers: 0, mapped: false };
  const line = JSON.stringify({ ...record, predicted: 1_000, correction: 0, measured: 30_001_000 });
  mkdirSync(state(), { recursive: true });
  writeFileSync(join(state(), "loads.jsonl"), `${line}\n${line}\n${line}\n`);
  const after = JSON.parse((await home.run(["fit", "demo", "--json"])).stdout).variants[0].estimate;
  expect(after.overhead - before.overhead).toBe(30_000_000);
  expect(await document()).toMatchObject({
    ...{ correction: 30_000_000, telling: 3, needed: 3, lastAt: record.at },
    ...{ file: join(state(), "loads.jsonl"), bandwidth: null, bandwidthMeasuredAt: null, memorySpeed: null },
  });
  const { stderr } = await home.run(["fit", "--audit"]);
  expect(stderr).toMatch(/^Predictions here: raised by 30\.0 MB, after 3 loads, the last \d+ .* ago\.$/m);
});

it("doctor tells the age of what was learned and measured, before and after", async () => {
  const value = async (label: string) => {
    const { stdout } = await home.run(["doctor"]);
    return stdout
      .split("\n")
      .find((line) => line.startsWith(`${label}\t`))
      ?.slice(label.length + 1);
  };
  expect(await value("predictions")).toBe("not corrected: no load was recorded that tells of it");
  expect(await value("memory speed")).toMatch(/^not measured yet: \d.* GB\/s is assumed$/);
  const { host } = JSON.parse((await home.run(["doctor", "--json"])).stdout);
  const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000 - 1000).toISOString();
  const record = { at: ago(2), ref: "m", ctx: 1, kvType: "f16", gpuLayers: 0, mapped: false };
  const line = (measured: number) =>
    `${JSON.stringify({ ...record, predicted: 90_000_000, correction: 0, measured })}\n`;
  mkdirSync(state(), { recursive: true });
  writeFileSync(join(state(), "loads.jsonl"), line(95_000_000));
  const speed = {
    cpu: cpus()[0]?.model,
    cores: host.cores,
    bytesPerSecond: 7e9,
    undisturbed: true,
    measuredAt: ago(72),
  };
  writeFileSync(join(state(), "bandwidth.json"), JSON.stringify(speed));
  expect(await value("predictions")).toBe("not corrected: 1 load, the last 2 hours ago, and it takes 3");
  expect(await value("memory speed")).toBe("7.0 GB/s, measured 3 days ago");
  writeFileSync(
    join(state(), "bandwidth.json"),
    JSON.stringify({ ...speed, bytesPerSecond: 5e12, undisturbed: false }),
  );
  expect(await value("memory speed")).toMatch(
    /^5\.0 TB\/s or more, measured 3 days ago beside other programs; decoding on \d+ cores? gets \S+ [GT]B\/s of it$/,
  );
  writeFileSync(join(state(), "loads.jsonl"), line(80_000_000).repeat(3));
  expect(await value("predictions")).toBe(
    "not corrected: most took no more than foreseen, of 3 loads, the last 2 hours ago",
  );
  writeFileSync(join(state(), "loads.jsonl"), line(95_000_000).repeat(4));
  expect(await value("predictions")).toBe("raised by 5.0 MB, after 4 loads, the last 2 hours ago");
  const { calibration, host: seen } = JSON.parse((await home.run(["doctor", "--json"])).stdout);
  expect([calibration.correction, calibration.telling, seen.bandwidthMeasuredAt]).toEqual([5e6, 4, speed.measuredAt]);
  expect([seen.ram, seen.vram]).toEqual([seen.ramAvailable, expect.any(Number)]);
  const given = await home.run(["doctor", "--bandwidth", "50"]);
  expect(given.stdout).toContain("memory speed\t50.0 GB/s, as given");
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

it.each([80, 120])("breaks no row at %d columns", async (columns) => {
  const record = { at: "2026-11-21T12:00:00Z", ctx: 8192, kvType: "q8_0", gpuLayers: 0, mapped: false, correction: 0 };
  const engine = { counted: 6.6e6, foreseen: 6.5e6 };
  const ref = "/a/long/way/down/to/the/stories-of-a-model-Q4_K_M.gguf";
  mkdirSync(state(), { recursive: true });
  writeFileSync(
    join(state(), "loads.jsonl"),
    `${JSON.stringify({ ...record, ref, predicted: 1.2e9, measured: 1.1e9, engine })}\n`,
  );
  const { text } = await inTerminal(home, ["fit", "--audit"], [], { columns, env: { NO_COLOR: "1" } });
  const [head = "", row = ""] = text.split("\n");
  expect(head).toMatch(/^MODEL .*PREDICTED .*MEASURED .*ENGINE/);
  expect(row).toMatch(/^stories-of-a-mo.*6\.6 MB \(-1\.5 %\)$/);
  for (const line of [head, row]) expect(line.length, line).toBeLessThanOrEqual(columns);
  expect(head.includes("GPU LAYERS")).toBe(columns === 120);
});
