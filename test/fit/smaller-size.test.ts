// The smaller size that is named in place of one that does not fit, weighed as the catalog's table weighs it.
import { expect, it } from "vitest";
import { smallerSize } from "../../src/app/fit/smaller-models.js";
import { usualCandidates } from "../../src/app/fit/usual-candidates.js";
import { listCatalog } from "../../src/catalog/catalog.js";
import { weigh } from "../../src/fit/weigh.js";
import type { Host } from "../../src/model/types.js";

const host = (ram: number, more: Partial<Host> = {}): Host => ({
  ...{ ramTotal: ram, ramAvailable: ram, cores: 8, gpus: [], margin: 0 },
  ...more,
});
/** Without the lever of a smaller cache. */
const WISHES = { kvType: "f16" } as const;
const PLENTY = host(1e12);

/** What a size of a family needs in one type. */
function needOf(name: string, quant: string, machine: Host = PLENTY): number {
  const [family] = listCatalog().filter((one) => one.name === name.split(":")[0]);
  const size = family?.sizes.find((one) => one.size === name.split(":")[1]);
  if (family === undefined || size === undefined) throw new Error(`not in the catalog: ${name}`);
  const candidate = usualCandidates(size).find(({ variant }) => variant.quant === quant);
  if (candidate === undefined) throw new Error(`not offered: ${quant}`);
  return weigh(candidate, machine, WISHES).estimate.total;
}

it.each([
  ["qwen2.5:72b", "qwen2.5:32b", "Q4_K_M"],
  // Its publisher's own type, which needs less than Q4_K_M.
  ["gpt-oss:120b", "gpt-oss:20b", "MXFP4"],
])("%s: %s from what it needs in %s", (large, small, quant) => {
  const need = needOf(small, quant);
  expect(smallerSize(large, host(need), WISHES)).toBe(small);
  expect(smallerSize(large, host(need - 1e6), WISHES)).not.toBe(small);
});

it("counts what ARM copies", () => {
  const arm = { processor: "arm64" } as const;
  const need = needOf("qwen2.5:32b", "Q4_K_M", { ...PLENTY, ...arm });
  expect(need).toBeGreaterThan(needOf("qwen2.5:32b", "Q4_K_M"));
  expect(smallerSize("qwen2.5:72b", host(need, arm), WISHES)).toBe("qwen2.5:32b");
  expect(smallerSize("qwen2.5:72b", host(need - 1e6, arm), WISHES)).not.toBe("qwen2.5:32b");
});
