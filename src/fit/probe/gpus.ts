// Graphics processors and their free memory.
import type { Bytes, Gpu } from "../../model/types.js";
import type { Readers } from "./readers.js";

const MIB = 2 ** 20;
const QUERY = ["--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"];
/**
 * Share of the RAM that macOS lets Metal keep resident (recommendedMaxWorkingSetSize): two thirds up to 36 GB, three quarters above.
 * Widely reported, not measured here.
 */
const METAL_SHARES = { small: 2 / 3, large: 3 / 4, from: 36 * 2 ** 30 };

export async function probeGpus(readers: Readers, ramAvailable: Bytes): Promise<Gpu[]> {
  if (readers.platform === "darwin") return readers.arch === "arm64" ? [metal(readers, ramAvailable)] : [];
  const lines = (await readers.run("nvidia-smi", QUERY)) ?? "";
  return visible(parseNvidia(lines), readers.visibleDevices);
}

function metal({ totalMemory }: Readers, ramAvailable: Bytes): Gpu {
  const share = totalMemory > METAL_SHARES.from ? METAL_SHARES.large : METAL_SHARES.small;
  const vramTotal = Math.floor(totalMemory * share);
  return { name: "Apple GPU", backend: "metal", vramTotal, vramFree: Math.min(vramTotal, ramAvailable) };
}

/** Boards that share the system's memory report [N/A] and are left out. */
function parseNvidia(lines: string): Gpu[] {
  return lines.split("\n").flatMap((line): Gpu[] => {
    const [, name, total, free] = /^(.+?),\s*(\d+),\s*(\d+)\s*$/.exec(line.trim()) ?? [];
    if (name === undefined || total === undefined || free === undefined) return [];
    return [{ name, backend: "cuda", vramTotal: Number(total) * MIB, vramFree: Number(free) * MIB }];
  });
}

/** nvidia-smi shows all GPUs, CUDA only those in the list: numbers, ended by the first that is none. */
function visible(gpus: readonly Gpu[], list: string | undefined): Gpu[] {
  if (list === undefined || /(GPU|MIG)-/.test(list)) return [...gpus];
  const chosen: Gpu[] = [];
  for (const entry of list.split(",")) {
    const gpu = /^\s*\d+\s*$/.test(entry) ? gpus[Number(entry)] : undefined;
    if (gpu === undefined) break;
    chosen.push(gpu);
  }
  return chosen;
}
