// Graphics processors and their free memory.
import type { Bytes, Gpu } from "../../model/types.js";
import { type Cards, kernelCards } from "./kernel-cards.js";
import type { Readers } from "./readers.js";

const MIB = 2 ** 20;
const QUERY = ["--query-gpu=name,memory.total,memory.free,uuid", "--format=csv,noheader,nounits"];
/** In WSL the driver of Windows brings it along, in a folder that services and sudo do not search. WSL needs no other care. */
const NVIDIA_SMI = ["nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi"];
/**
 * Share of the RAM that macOS lets Metal keep resident (recommendedMaxWorkingSetSize): two thirds up to 36 GB, three quarters above.
 * Widely reported, not measured here.
 */
const METAL_SHARES = { small: 2 / 3, large: 3 / 4, from: 36 * 2 ** 30 };

/** Free memory is that of this moment. The engine drives one kind at a time, CUDA before Vulkan: other cards beside NVIDIA's are left out. */
export async function probeGpus(readers: Readers, ramAvailable: Bytes): Promise<Cards> {
  if (readers.platform === "darwin") {
    return { gpus: readers.arch === "arm64" ? [metal(readers, ramAvailable)] : [], unknown: [] };
  }
  const nvidia = await probeNvidia(readers);
  if (nvidia.length > 0) return { gpus: nvidia, unknown: [] };
  return readers.platform === "linux" ? kernelCards(readers) : { gpus: [], unknown: [] };
}

async function probeNvidia(readers: Readers): Promise<Gpu[]> {
  for (const program of readers.platform === "linux" ? NVIDIA_SMI : NVIDIA_SMI.slice(0, 1)) {
    const lines = await readers.run(program, QUERY);
    if (lines !== null) return visible(parseNvidia(lines), readers.visibleDevices);
  }
  return [];
}

function metal({ totalMemory }: Readers, ramAvailable: Bytes): Gpu {
  const share = totalMemory > METAL_SHARES.from ? METAL_SHARES.large : METAL_SHARES.small;
  const vramTotal = Math.floor(totalMemory * share);
  return { name: "Apple GPU", backend: "metal", vramTotal, vramFree: Math.min(vramTotal, ramAvailable) };
}

interface NvidiaGpu extends Gpu {
  readonly uuid: string;
}

/** Boards that share the system's memory report [N/A] and are left out. */
function parseNvidia(lines: string): NvidiaGpu[] {
  return lines.split("\n").flatMap((line): NvidiaGpu[] => {
    const [, name, total, free, uuid] = /^(.+?),\s*(\d+),\s*(\d+),\s*(\S+)\s*$/.exec(line.trim()) ?? [];
    if (name === undefined || total === undefined || free === undefined || uuid === undefined) return [];
    return [{ name, backend: "cuda", vramTotal: Number(total) * MIB, vramFree: Number(free) * MIB, uuid }];
  });
}

/**
 * nvidia-smi shows all GPUs, CUDA only those in the list: numbers or the beginnings of ids, ended by the first that names none. A part of
 * a GPU (MIG) is one of those: nvidia-smi does not tell its memory here, and `--vram` can.
 */
function visible(gpus: readonly NvidiaGpu[], list: string | undefined): Gpu[] {
  const chosen: NvidiaGpu[] = [];
  for (const entry of list?.split(",").map((part) => part.trim()) ?? gpus.keys()) {
    const byId = typeof entry === "string" && entry.startsWith("GPU-");
    const gpu = byId
      ? gpus.find(({ uuid }) => uuid.startsWith(entry))
      : gpus[/^\d+$/.test(`${entry}`) ? Number(entry) : -1];
    if (gpu === undefined) break;
    chosen.push(gpu);
  }
  return chosen.map(({ uuid: _, ...gpu }) => gpu);
}
