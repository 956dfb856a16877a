// The memory bandwidth of a graphics processor, by its name.
import type { Gpu } from "../model/types.js";

const GB = 1_000_000_000;

/**
 * GB/s in the vendors' data sheets, by a part of the name that drivers report; the first that is in it counts. Where a name stands
 * for several boards, the slowest.
 */
const DATA_SHEETS: readonly (readonly [name: string, gigabytes: number])[] = [
  ["RTX 5090", 1792],
  ["RTX 5080", 960],
  ["RTX 5070 Ti", 896],
  ["RTX 5070", 672],
  ["RTX 5060", 448],
  ["RTX 4090", 1008],
  ["RTX 4080 SUPER", 736],
  ["RTX 4080", 717],
  ["RTX 4070 Ti SUPER", 672],
  ["RTX 4070", 504],
  ["RTX 4060 Ti", 288],
  ["RTX 4060", 272],
  ["RTX 3090", 936],
  ["RTX 3080", 760],
  ["RTX 3070 Ti", 608],
  ["RTX 3070", 448],
  ["RTX 3060 Ti", 448],
  ["RTX 3060", 240],
  ["RTX 3050", 168],
  ["RTX 2080", 448],
  ["RTX 2070", 448],
  ["RTX 2060", 336],
  ["GTX 1080 Ti", 484],
  ["GTX 1080", 320],
  ["GTX 1070", 256],
  ["GTX 1060", 192],
  ["H200", 4800],
  ["H100 PCIe", 2000],
  ["H100", 3350],
  ["A100", 1555],
  ["L40S", 864],
  ["L40", 864],
  ["A6000", 768],
  ["A10G", 600],
  ["A10", 600],
  ["L4", 300],
  ["T4", 320],
  ["V100", 900],
  ["P100", 732],
  ["P40", 346],
];

/** Round figures where the name says nothing: ordinary boards, not the best. An M-series chip has 100 and up. */
const ORDINARY: Readonly<Record<Gpu["backend"], number>> = { cuda: 360, vulkan: 240, metal: 120 };

/** What decoding gets of it. Not measured here; people report 60 to 80 %. */
const EFFICIENCY = 0.65;

/** Bytes per second that decoding reads. */
export function gpuBandwidth({ name, backend }: Pick<Gpu, "name" | "backend">): number {
  const known = DATA_SHEETS.find(([part]) => new RegExp(`\\b${part}\\b`, "i").test(name))?.[1];
  return (known ?? ORDINARY[backend]) * EFFICIENCY * GB;
}
