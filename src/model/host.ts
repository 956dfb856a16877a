// What a machine has.
import type { Bytes } from "./units.js";

/** A graphics processor and its memory at the moment of the probe. */
export interface Gpu {
  readonly name: string;
  readonly backend: "cuda" | "metal" | "vulkan";
  readonly vramTotal: Bytes;
  readonly vramFree: Bytes;
}

/** A limit that is lower than what the machine itself has. */
export interface RamLimit {
  readonly by: "control group" | "ulimit -v" | "ulimit -d" | "system";
  readonly bytes: Bytes;
  /** What would be available without it. */
  readonly without: Bytes;
  /** By so much it is too low for this program alone, without any model. */
  readonly lacking?: Bytes;
}

/** What this machine has, or what `--ram`, `--vram` and `--gpu` say it has. */
export interface Host {
  readonly ramTotal: Bytes;
  /** What a new process may take without swapping, container limits counted. */
  readonly ramAvailable: Bytes;
  readonly gpus: readonly Gpu[];
  /** Physical cores this process may use. */
  readonly cores: number;
  /** As far as it decides what the engine repacks: x64 with AVX2 or better, which is taken where it is absent, or ARM with dot products. */
  readonly processor?: "x64" | "arm64";
  /** Bytes per second that decoding gets out of RAM, measured or given; absent where neither. */
  readonly bandwidth?: number;
  /** Why it could not be measured, as `there is too little free memory`; not given where nobody asked, or it is known. */
  readonly bandwidthUnknown?: string;
  /** ISO 8601, UTC; absent where `bandwidth` was given, or is not known. */
  readonly bandwidthMeasuredAt?: string;
  /** What the memory was measured to deliver, of which few cores get less; disturbed by other programs it may be faster. */
  readonly memorySpeed?: { readonly bytesPerSecond: number; readonly undisturbed: boolean };
  /** Share of each memory that no load may take, where another than the default is wanted. */
  readonly margin?: number;
  /** The limit below which `ramAvailable` lies; not given where only the machine's own memory counts. */
  readonly ramLimit?: RamLimit;
  /** False below a limit on addresses (`ulimit -v`), which counts the pages of a mapped file too; true where it is absent. */
  readonly mayMap?: boolean;
  /** Graphics processors whose memory nothing tells; nothing is planned for them. */
  readonly gpusUnknown?: readonly string[];
  /** `--gpu N`: so many layers go to the GPU, neither more nor less. */
  readonly gpuLayers?: number;
  /** What past loads here took more, or less, than foreseen. */
  readonly correction?: Bytes;
}
