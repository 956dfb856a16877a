// Graphics processors that have no program to ask: what the kernel's drivers tell (Linux, /sys/class/drm).
import type { Bytes, Gpu } from "../../model/types.js";
import type { Readers } from "./readers.js";

const AMD = "0x1002";
const INTEL = "0x8086";
/** Linux numbers cards from 0; machines with more of them are no machines of ours. */
const MOST_CARDS = 16;
/**
 * A processor's own graphics has little set aside (512 MiB is usual, some firmware gives 2 GiB) and computes from the RAM: counted as a
 * GPU it would move a few layers to where they are already. Cards have more.
 */
const SMALLEST_CARD: Bytes = 3 * 2 ** 30;

export interface Cards {
  readonly gpus: readonly Gpu[];
  /** Those whose memory nothing tells, as a person would call them. */
  readonly unknown: readonly string[];
}

/**
 * AMD's driver tells total and used memory (`mem_info_vram_*`, amdgpu). Intel's tells neither total nor free in any stable place: such
 * a card is named, and used only when `--vram` says how large it is. The engine reaches both through Vulkan: its packages hold no ROCm
 * or SYCL. Vulkan itself is not asked, since that takes the engine's library and most of a second.
 */
export async function kernelCards(readers: Readers): Promise<Cards> {
  const cards = await Promise.all(Array.from({ length: MOST_CARDS }, (_, index) => lookAt(readers, index)));
  const found = cards.filter((card) => card !== undefined);
  return {
    gpus: found.flatMap((card) => (typeof card === "string" ? [] : card)),
    unknown: found.filter((card) => typeof card === "string"),
  };
}

async function lookAt(readers: Readers, index: number): Promise<Gpu | string | undefined> {
  const read = async (name: string) => (await readers.readText(`/sys/class/drm/card${index}/device/${name}`))?.trim();
  const vendor = await read("vendor");
  if (vendor === INTEL) return `Intel graphics (card${index})`;
  if (vendor !== AMD) return undefined;
  const [total, used, name] = await Promise.all([
    read("mem_info_vram_total"),
    read("mem_info_vram_used"),
    read("product_name"),
  ]);
  const label = name || `AMD GPU (card${index})`;
  if (!/^\d+$/.test(total ?? "") || !/^\d+$/.test(used ?? "")) return label;
  const vramTotal = Number(total);
  if (vramTotal < SMALLEST_CARD) return undefined;
  return { name: label, backend: "vulkan", vramTotal, vramFree: Math.max(0, vramTotal - Number(used)) };
}
