// What is measured when, and what is kept of it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type HostEffects, seeHost } from "../../src/app/fit/see-host.js";
import { sayBandwidth } from "../../src/cli/say-calibration.js";
import type { HostOverride } from "../../src/fit/override-host.js";
import { BandwidthFile } from "../../src/store/bandwidth-file.js";
import { LoadLog } from "../../src/store/load-log.js";

const GB = 1e9;
let folder: string;
let measurements: Awaited<ReturnType<HostEffects["measureBandwidth"]>>[];
let probes: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oslm-host-"));
  measurements = [];
  probes = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A new process on the same machine. */
const machine = (flags: HostOverride = {}) =>
  seeHost(flags, {
    probe: async () => ({ ramTotal: 16 * GB, ramAvailable: ++probes * GB, cores: 8, gpus: [] }),
    measureBandwidth: async () => measurements.shift() ?? { unknown: "nobody should have asked" },
    cpu: "Some CPU",
    kept: new BandwidthFile(join(folder, "bandwidth.json")),
    loads: async () => new LoadLog(join(folder, "loads.jsonl")),
    now: () => new Date("2026-11-21T00:00:00Z"),
  });
const speed = async (flags?: HostOverride) => (await machine(flags).host({ measured: true })).bandwidth;

it("probes once, and measures once on each machine", async () => {
  measurements = [{ bytesPerSecond: 20 * GB, undisturbed: true }];
  const { host, hostNow } = machine();
  expect((await host()).bandwidth).toBeUndefined();
  const [first, second] = await Promise.all([host({ measured: true }), host({ measured: true })]);
  expect([first.bandwidth, second.bandwidth, first.ramAvailable]).toEqual([20 * GB, 20 * GB, GB]);
  expect((await hostNow()).ramAvailable).toBe(2 * GB);
  expect([await speed(), (await machine().host()).bandwidth]).toEqual([20 * GB, 20 * GB]);
});

it("measures again what others disturbed, until nobody does, and keeps the best", async () => {
  measurements = [45, 52, 48].map((speed) => ({ bytesPerSecond: speed * GB, undisturbed: false }));
  expect([await speed(), await speed(), await speed()]).toEqual([45 * GB, 52 * GB, 52 * GB]);
  measurements = [{ bytesPerSecond: 51 * GB, undisturbed: true }];
  expect([await speed(), await speed()]).toEqual([52 * GB, 52 * GB]);
  expect((await machine().host()).memorySpeed).toEqual({ bytesPerSecond: 52 * GB, undisturbed: true });
});

it("assumes no less than usual for what was measured beside other programs", async () => {
  measurements = [13, 16, 14].map((speed) => ({ bytesPerSecond: speed * GB, undisturbed: false }));
  expect([await speed(), await speed(), await speed()]).toEqual([40 * GB, 40 * GB, 40 * GB]);
  expect(sayBandwidth(await machine().host(), new Date("2026-11-21T00:00:00Z"))).toMatch(
    /^16\.0 GB\/s or more, measured .* beside other programs; 40\.0 GB\/s is assumed$/,
  );
  measurements = [{ bytesPerSecond: 20 * GB, undisturbed: true }];
  expect([await speed(), await speed()]).toEqual([20 * GB, 20 * GB]);
});

it("says why the speed is not known, and asks again the next time", async () => {
  measurements = [{ unknown: "there is too little free memory" }];
  const { bandwidth, bandwidthUnknown } = await machine().host({ measured: true });
  expect([bandwidth, bandwidthUnknown]).toEqual([undefined, "there is too little free memory"]);
  measurements = [{ bytesPerSecond: 20 * GB, undisturbed: true }];
  expect(await speed()).toBe(20 * GB);
});

it("measures nothing where --bandwidth says it, and has no layers for a GPU that is not there", async () => {
  expect(await speed({ bandwidth: 7 * GB })).toBe(7 * GB);
  await expect(machine({ gpu: 3 }).host()).rejects.toMatchObject({ code: "usage" });
});
