import { describe, expect, it } from "vitest";
import { type HostOverride, overrideHost, withinHost } from "../../src/fit/override-host.js";
import type { Gpu, Host } from "../../src/model/types.js";

const GB = 1_000_000_000;
const card: Gpu = { name: "card", backend: "cuda", vramTotal: 24 * GB, vramFree: 20 * GB };
const real: Host = {
  ramTotal: 64 * GB,
  ramAvailable: 16 * GB,
  ramLimit: { by: "control group", bytes: 20 * GB, without: 40 * GB },
  gpus: [card],
  cores: 8,
};
const at = (flags: HostOverride, on = real) => withinHost(overrideHost(on, flags), on);

describe("withinHost", () => {
  it("takes a smaller size as given, and of a larger one what there is", () => {
    expect(at({})).toEqual(real);
    expect(at({ ram: 8 * GB })).toEqual(overrideHost(real, { ram: 8 * GB }));
    expect(at({ ram: 64 * GB, margin: 0 })).toEqual({ ...real, margin: 0 });
    expect(at({ vram: 80 * GB }).gpus).toEqual([{ ...card, vramTotal: 80 * GB }]);
    expect(at({ vram: 8 * GB }).gpus).toMatchObject([{ vramFree: 8 * GB }]);
  });

  it("maps nothing below a limit on addresses, with whatever memory", () => {
    const limited: Host = { ...real, mayMap: false };
    for (const ram of [8 * GB, 64 * GB]) expect(at({ ram }, limited).mayMap).toBe(false);
  });

  it("leaves a GPU that is made up, and none where none was wanted", () => {
    expect(at({ vram: 8 * GB }, { ...real, gpus: [] }).gpus).toMatchObject([{ vramFree: 8 * GB }]);
    expect(at({ gpu: "none" }).gpus).toEqual([]);
  });
});
