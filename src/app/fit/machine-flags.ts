// The flags that describe a machine, for a command that is printed to be pasted.
import type { HostOverride } from "../../fit/override-host.js";
import type { Bytes } from "../../model/types.js";

/** `["--ram 80GB", "--margin 10"]`: what was given, as flags that mean exactly the same. */
export function machineFlags({ ram, vram, bandwidth, margin, gpu }: HostOverride): string[] {
  return [
    ...(ram === undefined ? [] : [`--ram ${size(ram)}`]),
    ...(vram === undefined ? [] : [`--vram ${size(vram)}`]),
    ...(bandwidth === undefined ? [] : [`--bandwidth ${decimal(bandwidth / 1e9)}`]),
    ...(margin === undefined ? [] : [`--margin ${decimal(margin * 100)}`]),
    ...(gpu === undefined ? [] : [`--gpu ${gpu}`]),
  ];
}

function size(bytes: Bytes): string {
  const [unit, factor] = (
    [
      ["GB", 1e9],
      ["MB", 1e6],
    ] as const
  ).find(([, one]) => bytes > 0 && bytes % one === 0) ?? ["", 1];
  return `${bytes / factor}${unit}`;
}

/** Without the last digits of a float, which come from dividing and multiplying. */
function decimal(value: number): number {
  return Number(value.toPrecision(12));
}
